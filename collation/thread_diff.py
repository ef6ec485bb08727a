"""What changed in a thread between two times: which comments came, went, were edited or put elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from collation.diff import FieldChange, Hunk, diff_fields, diff_texts

What = Literal["added", "gone", "returned", "edited", "metadata", "moved", "came_and_went", "taken_down"]
#: The order in which counts are told.
ALL: tuple[What, ...] = (
    "added", "edited", "metadata", "moved", "gone", "returned", "came_and_went", "taken_down",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A comment as it stood at one time."""

    text: str
    facts: Mapping[str, object]  #: JSON-ready; `parent`: the comment that it answers
    is_gone: bool = False
    is_taken_down: bool = False  #: then it has neither text nor facts


@dataclass(frozen=True, slots=True)
class CommentChange:
    """What happened to one comment between the two times."""

    key: int  #: as it was given
    what: tuple[What, ...]  #: one; or several of edited, metadata, moved
    fields: tuple[FieldChange, ...] = ()
    hunks: tuple[Hunk, ...] = ()  #: of one that was edited


def diff_threads(old: Mapping[int, Said], new: Mapping[int, Said]) -> tuple[CommentChange, ...]:
    """Return what changed, in the order of *new*; a comment that is only in *old* comes last.

    Args:
        old: Comments as they stood at the earlier time; those that were gone by then are among them.
        new: Likewise, later.
    """
    found = [(key, old.get(key), new.get(key)) for key in dict.fromkeys([*new, *old])]
    changes = [_change(key, before, after) for key, before, after in found]
    return tuple(change for change in changes if change is not None)


def counts(changes: Sequence[CommentChange]) -> dict[What, int]:
    """Return how many comments each thing happened to."""
    return {what: sum(what in change.what for change in changes) for what in ALL}


def _change(key: int, before: Said | None, after: Said | None) -> CommentChange | None:
    if (before is not None and before.is_taken_down) or (after is not None and after.is_taken_down):
        return CommentChange(key, ("taken_down",))
    if after is None or after.is_gone:
        if before is None:
            return CommentChange(key, ("came_and_went",)) if after is not None else None
        return CommentChange(key, ("gone",)) if not before.is_gone else None
    if before is None:
        return CommentChange(key, ("added",))
    if before.is_gone:
        return CommentChange(key, ("returned",))
    fields = diff_fields(before.facts, after.facts)
    names = {field.name for field in fields}
    what: list[What] = []
    if before.text != after.text:
        what.append("edited")
    if "parent" in names:
        what.append("moved")
    if names - {"parent"}:
        what.append("metadata")
    if not what:
        return None
    hunks = diff_texts(before.text, after.text) if before.text != after.text else ()
    return CommentChange(key, tuple(what), fields, hunks)
