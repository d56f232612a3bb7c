"""From archived pages to notice versions, changes and events, crawl by crawl."""
