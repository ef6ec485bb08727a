"""Comments in markup of any kind: found, read into records, and cut out of the tree.

`named` finds what classes and ids name, `flat` and `repeated` what only its shape tells; `fields` and `words` read one
comment, `threads` what holds of all of them.
"""

from extractors.comments.taking import REVISION, Taken, take

__all__ = ["REVISION", "Taken", "take"]
