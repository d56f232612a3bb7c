"""The base of every error that Callboard raises on purpose."""


class CallboardError(Exception):
    """Something that the caller or the operator can mend; the message says what, on one line."""
