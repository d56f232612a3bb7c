"""Scrapy's downloader middlewares: hosts, robots.txt, retries, redirects, the archive."""
