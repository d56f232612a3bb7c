"""How pages are asked for: the transport, Scrapy's settings and what stands between."""
