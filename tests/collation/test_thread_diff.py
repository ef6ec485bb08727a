"""What happened to comments between two times, each thing by its name."""

from __future__ import annotations

from collation.diff import FieldChange
from collation.thread_diff import Said, counts, diff_threads

GONE = Said(text="", facts={"author": "Ann"}, is_gone=True)
DOWN = Said(text="", facts={}, is_taken_down=True)


def said(text: str = "Hello.", **facts: object) -> Said:
    return Said(text=text, facts={"author": "Ann", **facts})


def test_each_thing_has_its_name() -> None:
    old = {1: said(), 2: said(), 3: GONE, 4: said(parent="1"), 5: said(), 6: said(), 7: GONE, 8: said()}
    new = {
        9: said("New."),
        1: said("Hello, world."),
        2: GONE,
        3: said(),
        4: said(parent="2"),
        5: said(author="Anne"),
        6: said(),
        7: GONE,
        10: GONE,
        8: DOWN,
    }
    changes = diff_threads(old, new)
    assert [(change.key, *change.what) for change in changes] == [
        (9, "added"),
        (1, "edited"),
        (2, "gone"),
        (3, "returned"),
        (4, "moved"),
        (5, "metadata"),
        (10, "came_and_went"),
        (8, "taken_down"),
    ]
    edited = next(change for change in changes if change.key == 1)
    assert [(span.kind, span.text) for hunk in edited.hunks for span in hunk.spans] == [
        ("equal", "Hello"),
        ("insert", ", world"),
        ("equal", "."),
    ]
    assert next(change for change in changes if change.key == 4).fields == (FieldChange("parent", "1", "2"),)
    assert set(counts(changes).values()) == {1}


def test_one_comment_may_have_several() -> None:
    (change,) = diff_threads({1: said(parent="7")}, {1: said("Other words here.", author="Bo", parent=None)})
    assert change.what == ("edited", "moved", "metadata")
    assert {field.name for field in change.fields} == {"author", "parent"}


def test_nothing_is_nothing() -> None:
    assert diff_threads({}, {}) == ()
    assert diff_threads({1: said(), 2: GONE}, {1: said(), 2: GONE}) == ()
    assert set(counts(()).values()) == {0}
