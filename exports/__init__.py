"""What leaves the house: digests and feeds."""
