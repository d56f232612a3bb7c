"""Text to findings to Call. Pure: no network, clock, files beyond the lexicons, or logging."""
