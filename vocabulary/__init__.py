"""Words that several rooms must know alike. Standard library only: every room may use it."""
