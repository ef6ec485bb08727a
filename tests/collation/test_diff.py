"""Differences rebuild both texts, and read well."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collation import diff
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
            assert hunk.detail == "words"
            assert "".join(s.text for s in hunk.spans if s.kind != "insert") == "\n".join(hunk.old)
            assert "".join(s.text for s in hunk.spans if s.kind != "delete") == "\n".join(hunk.new)


@given(lines, lines)
def test_hunks_know_their_places(old: str, new: str) -> None:
    for hunk in diff_texts(old, new):
        assert tuple(old.split("\n")[hunk.old_start : hunk.old_start + len(hunk.old)]) == hunk.old
        assert tuple(new.split("\n")[hunk.new_start : hunk.new_start + len(hunk.new)]) == hunk.new


sentences = st.sampled_from(
    [
        "The frost came late that year, and stayed.",
        "Nobody had covered the roses in the yard.",
        "遅霜が庭のすべての薔薇を枯らしてしまいました。",
        "جاء الصقيع متأخراً في تلك السنة وبقي طويلاً",
        "We wait.",
        "",
    ]
)


@settings(max_examples=200)
@given(st.lists(sentences, max_size=9), st.lists(sentences, max_size=9))
def test_moves_are_whole_and_rebuild_both_texts(before: list[str], after: list[str]) -> None:
    old, new = "\n".join(before), "\n".join(after)
    hunks = diff_texts(old, new)
    assert "\n".join(line for hunk in hunks for line in hunk.old) == old
    assert "\n".join(line for hunk in hunks for line in hunk.new) == new
    away = {hunk.move: hunk for hunk in hunks if hunk.kind == "moved_away"}
    here = {hunk.move: hunk for hunk in hunks if hunk.kind == "moved_here"}
    assert list(away) == sorted(here) == list(range(1, len(away) + 1))
    for number, hunk in away.items():
        assert hunk.old == here[number].new
        assert hunk.new == here[number].old == ()
    for hunk in hunks:
        assert (hunk.move is not None) == (hunk.kind in ("moved_away", "moved_here"))


P = [f"This is paragraph {word}, which says what no other one says." for word in "one two three four five six".split()]


def test_a_moved_block_is_no_removal() -> None:
    hunks = diff_texts("\n".join(P), "\n".join([*P[3:], *P[:3]]))
    assert [(hunk.kind, len(hunk.old), len(hunk.new), hunk.move) for hunk in hunks] in (
        [("moved_away", 3, 0, 1), ("equal", 3, 3, None), ("moved_here", 0, 3, 1)],
        [("moved_here", 0, 3, 1), ("equal", 3, 3, None), ("moved_away", 3, 0, 1)],
    )
    assert "[-" not in unified(hunks)


def test_a_paragraph_may_be_moved_and_changed() -> None:
    changed = P[0].replace("no other", "hardly any other")
    shown = unified(diff_texts("\n".join(P), "\n".join([*P[1:], changed])), context=0)
    assert shown == (
        f"< [1] {P[0]}\n  … 5 paragraphs unchanged …\n"
        "> [1] This is paragraph one, which says what [-no-]{+hardly any+} other one says.\n"
    )


def test_a_move_beside_a_rewritten_paragraph() -> None:
    new = [P[1], "Something else altogether stands here now.", P[3], P[0], P[4]]
    kinds = [hunk.kind for hunk in diff_texts("\n".join(P[:5]), "\n".join(new))]
    assert kinds == ["moved_away", "equal", "replace", "equal", "moved_here", "equal"]


def test_short_lines_do_not_wander() -> None:
    hunks = diff_texts(f"Yes.\n{P[0]}\n{P[1]}", f"{P[0]}\n{P[1]}\nYes.")
    assert [hunk.kind for hunk in hunks] == ["delete", "equal", "insert"]


def test_japanese_and_arabic_paragraphs_move() -> None:
    japanese, arabic = "遅霜が庭のすべての薔薇を枯らした。", "جاء الصقيع متأخراً في تلك السنة"
    for text in (japanese, arabic):
        hunks = diff_texts(f"{text}\n{P[0]}\n{P[1]}", f"{P[0]}\n{P[1]}\n{text}")
        assert [hunk.kind for hunk in hunks] == ["moved_away", "equal", "moved_here"]


def test_what_is_too_large_for_words_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    old = " ".join(f"Sentence {n} is here." for n in range(200))
    new = old.replace("Sentence 70 is", "Sentence 70 was") + " And an end."
    by_words, by_sentences, whole = (
        diff_texts(old, new) for cells in (10**9, 10**5, 10) if not monkeypatch.setattr(diff, "MOST_CELLS", cells)
    )
    assert [hunks[0].detail for hunks in (by_words, by_sentences, whole)] == ["words", "sentences", "whole"]
    assert [span.text for span in by_words[0].spans if span.kind != "equal"] == ["is", "was", ". And an end"]
    assert "Sentence 70 was here. " in [span.text for span in by_sentences[0].spans]
    assert [span.kind for span in whole[0].spans] == ["delete", "insert"]
    monkeypatch.setattr(diff, "MOST_CELLS", 10**9)
    monkeypatch.setattr(diff, "MOST_CELLS_IN_ALL", 5_000_000)  # enough for the first of two
    hunks = diff_texts(f"{old}\nThe same.\n{old}", f"{new}\nThe same.\n{new}")
    assert [hunk.detail for hunk in hunks if hunk.kind == "replace"] == ["words", "sentences"]


def test_a_book_rewritten_from_end_to_end_takes_its_time_but_no_more() -> None:
    dice = random.Random(5)
    old, new = (" ".join(dice.choices("abcdefgh", k=400_000)) for _ in range(2))
    began = time.process_time()
    (hunk,) = diff_texts(old, new)
    assert hunk.detail == "sentences"
    paragraphs = ["\n".join(" ".join(dice.choices("abcdefgh", k=3_000)) for _ in range(100)) for _ in range(2)]
    assert {hunk.detail for hunk in diff_texts(*paragraphs)} <= {"words", "sentences", "whole"}
    assert time.process_time() - began < 20


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
