"""What a page is and says: decoding, selectors, readers, and the process that runs them."""
