"""How pages are requested: the transport, the downloader middlewares and Scrapy's settings."""
