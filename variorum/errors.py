"""Errors raised on purpose. Expected trouble with one page is a value (`Exchange.error`, `Outcome`), none of these."""


class VariorumError(Exception):
    """Base of every error raised on purpose. Anything else is a bug: let it stop the run.

    The message says what is wrong, where, and what to do about it: the command line prints it as it is.
    """


class UsageError(VariorumError):
    """The caller asked for something that cannot be: an unknown URL, a bad date, an unreadable file. Exit code 2."""


class ExtractError(VariorumError):
    """A document holds no record. Expected: the capture is kept, the page is reported."""


class StorageError(VariorumError):
    """The archive cannot take this write, or cannot be trusted. Ends the run. Exit code 3."""


class DestroyedError(StorageError):
    """Bytes are no more, because a takedown destroyed them; the message says when and why."""
