"""Recognises the same call across portals and languages."""
