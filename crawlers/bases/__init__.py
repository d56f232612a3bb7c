"""Base classes of spiders, a module for each way to offer notices and for each platform."""
