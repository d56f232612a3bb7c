"""Everything that reads the network: HTTP, pages, base classes, and one spider for each portal."""
