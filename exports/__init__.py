"""What users see: the digest, lists in a terminal, flat JSON, the status page."""
