"""What stands between the spiders and the transport: robots, retries, redirects, the archive."""
