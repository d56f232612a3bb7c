"""One module per subject; what several share lies beside them and is imported as ``tests.…``."""
