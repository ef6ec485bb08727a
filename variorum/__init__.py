"""The words of variorum: records, outcomes, errors, URLs, digests, settings. Imports nothing else of the project."""

__version__ = "0.1.0"
