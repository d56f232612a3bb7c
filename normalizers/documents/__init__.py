"""Linked documents: which to fetch, their text, and what it adds to the call of a page."""
