"""From what witnesses say, and what is known, to what should be recorded. Pure: no I/O, no clock."""
