"""Comments in markup of any kind: found, read into records, and cut out of the tree.

`named` finds what classes and ids name, `flat` and `repeated` what only its shape tells; `fields` and `words` read one
comment, `threads` what holds of all of them.
"""

from extractors.comments.taking import REVISION, Taken, may_be_numbered, take

__all__ = ["REVISION", "Taken", "may_be_numbered", "take"]
