"""The archive: WARC files, rows, questions."""
