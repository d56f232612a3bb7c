"""The vocabulary every room of Callboard shares: data and nothing else, standard library only."""
