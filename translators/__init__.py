"""Offline translation engines behind one Protocol."""
