"""What ``import callboard`` offers; each module is imported when one of its names is asked for."""
