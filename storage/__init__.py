"""What is kept: the archive of pages, and the database that is rebuilt from it.

* ``archive``: WARC files of everything that was fetched, the only data that can't be rebuilt.
* ``database``: tables, views and migrations, and a module for the rows of each kind of thing.
* ``canonical``, ``identity``, ``wording``: one text for one value, and ids computed from content.

The two halves know nothing of each other; ``processing`` goes from the one to the other.
"""
