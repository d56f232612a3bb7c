"""The text of a notice: folded, searched, and with the structure that its source gave it."""
