"""The archive of everything that was fetched: WARC files, never rewritten."""
