"""What reads the network: settings, pages, middlewares, bases and one spider a portal."""
