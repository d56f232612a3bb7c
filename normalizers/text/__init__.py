"""The text of a notice: normalised, searched, and with the structure that its source gave it."""
