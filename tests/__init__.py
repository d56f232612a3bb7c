"""A tree like that of the code: the tests of a module are found by its path."""
