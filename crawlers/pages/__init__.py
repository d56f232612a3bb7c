"""Pages: decoding, selectors, readers, checks, and the process that reads pages for a crawl."""
