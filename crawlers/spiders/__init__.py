"""The portals: one stem each, ``<cc>_<owner>.py`` with ``<cc>_<owner>.toml`` beside it."""
