"""One module per way a portal behaves, or per platform it runs on."""
