"""Differences rebuild both texts, and read well."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collation.diff import FieldChange, diff_fields, diff_texts, unified

lines = st.lists(st.text(alphabet="ab ,.é漢あج\u200d", max_size=12), max_size=8).map("\n".join)


@settings(max_examples=200)
@given(lines, lines)
def test_hunks_and_spans_rebuild_both_texts(old: str, new: str) -> None:
    hunks = diff_texts(old, new)
    assert "\n".join(line for hunk in hunks for line in hunk.old) == old
    assert "\n".join(line for hunk in hunks for line in hunk.new) == new
    for hunk in hunks:
        if hunk.kind == "equal":
            assert hunk.old == hunk.new
        if hunk.kind == "replace":
            assert "".join(s.text for s in hunk.spans if s.kind != "insert") == "\n".join(hunk.old)
            assert "".join(s.text for s in hunk.spans if s.kind != "delete") == "\n".join(hunk.new)


@given(lines, lines)
def test_hunks_know_their_places(old: str, new: str) -> None:
    for hunk in diff_texts(old, new):
        assert tuple(old.split("\n")[hunk.old_start : hunk.old_start + len(hunk.old)]) == hunk.old
        assert tuple(new.split("\n")[hunk.new_start : hunk.new_start + len(hunk.new)]) == hunk.new


@given(lines, lines)
def test_only_a_change_is_shown(old: str, new: str) -> None:
    assert (unified(diff_texts(old, new)) == "") == (old == new)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("The quick brown fox jumps.", "The quick red fox jumps.", "~ The quick [-brown-]{+red+} fox jumps.\n"),
        ("彼は東京に住んでいます。", "彼は京都に住んでいます。", "~ 彼は[-東京-]{+京都+}に住んでいます。\n"),
        ("ذهب الولد إلى المدرسة", "ذهب الولد إلى البيت", "~ ذهب الولد إلى [-المدرسة-]{+البيت+}\n"),
        ("one\ntwo", "one\ntwo\nthree", "  one\n  two\n+ three\n"),
        ("one\ntwo", "two", "- one\n  two\n"),
    ],
)
def test_changes_read_word_by_word(old: str, new: str, shown: str) -> None:
    assert unified(diff_texts(old, new)) == shown


def test_chance_words_between_changes_do_not_scatter() -> None:
    (hunk,) = diff_texts("begin here: red or blue and so on to the end", "begin here: big or wide and so on to the end")
    assert [span.kind for span in hunk.spans] == ["equal", "delete", "insert", "equal"]


def test_what_is_left_out_is_counted() -> None:
    old = "\n".join(f"line {n}" for n in range(20))
    shown = unified(diff_texts(old, old + "\nmore"))
    assert shown == "  … 19 paragraphs unchanged …\n  line 19\n+ more\n"


def test_ten_thousand_equal_lines_are_no_trouble() -> None:
    old = "same\n" * 10_000
    kinds = [hunk.kind for hunk in diff_texts(old, old + "more")]
    assert kinds in (["equal", "replace"], ["equal", "insert"], ["equal", "insert", "equal"])


def test_fields_tell_what_was_put_in_and_taken_out() -> None:
    old = {"title": "A", "tags": ["x", "y"], "lang": None}
    new = {"title": "B", "tags": ["y", "z"], "categories": []}
    assert diff_fields(old, new) == (
        FieldChange("title", "A", "B"),
        FieldChange("tags", ["x", "y"], ["y", "z"], ("x",), ("z",)),
    )
