"""The archive of pages (WARC) and the database."""
