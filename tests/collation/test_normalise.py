"""What the fingerprint of a text folds away, and what it must never fold away."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from collation.normalise import clean_text, fingerprint, meta_digests, text_sha256

#: Letters of several scripts; no digits and no words that counters and dates are made of.
words = st.text(alphabet="abcxyzéßØجمبあ漢語жя", min_size=1, max_size=8)
sentences = st.lists(words, min_size=1, max_size=12)
blanks = st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", "\u3000", " \n ", "\u2009"])
MARKS = {"'": "‘’ʼ", '"': "“”«»„", "-": "‐–—−"}


@given(sentences, st.data())
def test_white_space_does_not_count(tokens: list[str], data: st.DataObject) -> None:
    again = "".join(token + data.draw(blanks) for token in tokens)
    assert fingerprint(again) == fingerprint(" ".join(tokens))


@given(st.lists(st.sampled_from(["word", "'", '"', "-", "...", "été"]), min_size=1), st.data())
def test_typography_does_not_count(tokens: list[str], data: st.DataObject) -> None:
    typeset = [data.draw(st.sampled_from(MARKS[token])) if token in MARKS else token for token in tokens]
    typeset = ["…" if token == "..." else token for token in typeset]
    assert fingerprint(" ".join(typeset)) == fingerprint(" ".join(tokens))


@given(sentences, st.sampled_from(["\u00ad", "\u200b", "\u200e", "\u2060", "\ufeff"]), st.integers(0, 30))
def test_invisible_characters_do_not_count(tokens: list[str], mark: str, at: int) -> None:
    text = " ".join(tokens)
    assert fingerprint(text[:at] + mark + text[at:]) == fingerprint(text)


@given(st.text())
def test_canonical_composition_does_not_count(text: str) -> None:
    assert fingerprint(unicodedata.normalize("NFD", text)) == fingerprint(unicodedata.normalize("NFC", text))


@given(sentences, words, st.data())
def test_a_word_put_in_counts(tokens: list[str], word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(tokens)))
    assert fingerprint(" ".join([*tokens[:at], word, *tokens[at:]])) != fingerprint(" ".join(tokens))


@given(sentences, st.sampled_from([",", ".", "!", "?", ";", "،", "。"]), st.data())
def test_a_mark_put_in_counts(tokens: list[str], mark: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(tokens) - 1))
    assert fingerprint(" ".join([*tokens[:at], tokens[at] + mark, *tokens[at + 1 :]])) != fingerprint(" ".join(tokens))


@given(sentences)
def test_case_counts(tokens: list[str]) -> None:
    text = " ".join(tokens)
    assume(text.upper() != text)
    assert fingerprint(text.upper()) != fingerprint(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It was 3 days ago.", "It was 4 days ago."),
        ("A post.\n12 comments", "A post.\n13 comments"),
        ("記事。\n3日前", "記事。\n4日前"),
        ("Ein Beitrag.\nvor 3 Tagen", "Ein Beitrag.\nvor 4 Tagen"),
    ],
)
def test_what_moves_by_itself_does_not_count(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("We sold 12 comments a day.", "We sold 13 comments a day."),
        ("let's eat, grandma", "let's eat grandma"),
        ("The rate is 3%", "The rate is 4%"),
        ("كتب الولد", "كتبت البنت"),
    ],
)
def test_what_an_author_edits_counts(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


@given(st.text())
def test_clean_text_is_a_fixed_point(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean
    assert fingerprint(clean) == fingerprint(text)
    assert text_sha256(clean) == text_sha256(text)


def test_metadata_that_is_not_told_has_no_digest() -> None:
    told = meta_digests({"title": "", "tags": [], "published": None, "authors": ["Ann"]})
    assert set(told) == {"authors"}
    assert set(meta_digests({"title": "", "tags": [], "published": None}, whole=True)) == {"title", "tags"}
    assert told != meta_digests({"authors": ["Bob"]})


def test_what_is_no_edit_of_a_text_is_none_of_metadata() -> None:
    plain = meta_digests({"title": 'It\'s "here" - at last', "authors": ["Ann O'Neill"], "tags": ["a b"]})
    shown = meta_digests(
        {"title": "It’s\u00a0“here” –  at l\u00adast", "authors": ["Ann  O’Neill"], "tags": ["a\u200b b"]}
    )
    assert plain == shown
    assert meta_digests({"title": "It's here"}) != meta_digests({"title": "It’s here!"})
    assert meta_digests({"authors": ["A", "B"]}) != meta_digests({"authors": ["B", "A"]})


def test_a_typewriters_dash_is_a_dash() -> None:
    assert fingerprint("He came -- and went --- at last") == fingerprint("He came – and went — at last")
    assert meta_digests({"title": "One -- two"}) == meta_digests({"title": "One — two"})
    assert fingerprint("a-b") != fingerprint("a b")


def test_a_mark_folds_alike_in_plain_and_in_other_text() -> None:
    assert fingerprint("run `make` and it's done") == fingerprint("run `make` and it’s done")
