"""The archive of pages (WARC) and the database that is folded out of it.

* ``archive``: ``Archive(folder)``, the only thing that can't be rebuilt.
* ``database``: ``Database(url)``; ``tables``, ``views`` and ``migrations/`` are its schema.
* ``progress``, ``crawls``, ``notices``, ``events``, ``issues``: the fold.
* ``calls``, ``portals``, ``translations``: what comes after it, and beside it.
* ``readings``, ``pages``: what is recorded of them; ``changes``, ``wording``, ``canonical``,
  ``identity``, ``call_rows``. All pure.

The fold, one transaction a crawl::

    with database.read() as connection:
        work = progress.plan(connection, archive.crawls(), code)
    with database.write() as connection:
        progress.begin(connection, work)
    for crawl in work.crawls:
        with database.write() as connection:
            outcome = archive.outcome(crawl)
            crawls.save(connection, outcome)
            baseline = not crawls.has_whole_inventory(connection, crawl.portal, but=crawl.id)
            for archived in archive.exchanges(crawl):
                crawls.save_pages(connection, [pages.to_row(archived)])
                said = [readings.Reading(...), ...]  # by readers and normalizers
                notices.record(connection, said, baseline=baseline)
            notices.finish(connection, outcome)
"""
