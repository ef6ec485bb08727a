"""Search finds words, phrases and parts of CJK runs, whatever is typed; pages leave nothing out and repeat nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import search as searching
from storage import words
from storage.search import snippet
from tests.storage.made import HOME, Blog, at, comment, update
from variorum.errors import UsageError


def fill(blog: Blog, *texts: str, **more: object) -> None:
    blog.write(
        *(
            update(blog.source_id, text=text, native_id=str(number), url=f"{HOME}{number}/", **more)
            for number, text in enumerate(texts, 100)
        )
    )


def found(blog: Blog, query: str, **more: object) -> list[str]:
    return sorted(hit.version.text for hit in blog.archive.search(query, **more))  # type: ignore[arg-type]


def test_words_phrases_accents_and_case(blog: Blog) -> None:
    fill(blog, "The quick brown fox", "Brown bread, quick", "Café Übung", "nothing")
    assert found(blog, "quick brown") == ["Brown bread, quick", "The quick brown fox"]
    assert found(blog, '"quick brown"') == ["The quick brown fox"]
    assert found(blog, "CAFE ubung") == ["Café Übung"]
    assert found(blog, "quic") == []


def test_any_part_of_a_run_of_signs(blog: Blog) -> None:
    fill(blog, "東京タワーに行きました", "京都の寺", "서울에서 만나요", "中文Python教程")
    assert found(blog, "東京") == ["東京タワーに行きました"]
    assert found(blog, "タワー") == ["東京タワーに行きました"]
    assert found(blog, "京") == ["京都の寺", "東京タワーに行きました"]
    assert found(blog, "寺") == ["京都の寺"], "the last sign of a run"
    assert found(blog, "京タ") == ["東京タワーに行きました"]
    assert found(blog, "京ワ") == []
    assert found(blog, "中文Python教程") == ["中文Python教程"]
    assert found(blog, "文Python") == ["中文Python教程"]
    assert found(blog, "서울") == ["서울에서 만나요"]


def test_arabic_with_and_without_vowels(blog: Blog) -> None:
    fill(blog, "مَرْحَبًا بِالعَالَم", "كتاب جديد")
    assert found(blog, "مرحبا") == ["مَرْحَبًا بِالعَالَم"]
    assert found(blog, "كِتَاب") == ["كتاب جديد"]


def test_filters(blog: Blog) -> None:
    fill(blog, "fox one", meta={"lang": "en-GB", "published": "2020-05-01T00:00:00Z"})
    blog.write(
        update(blog.source_id, text="fox two", native_id="2", url=f"{HOME}2/", meta={"lang": "de", "published": None}),
        comment(blog.source_id, "7", text="fox three", post_native_id="2"),
    )
    assert found(blog, "fox") == ["fox one", "fox three", "fox two"]
    assert found(blog, "fox", comments=True) == ["fox three"]
    assert found(blog, "fox", comments=False) == ["fox one", "fox two"]
    assert found(blog, "fox", lang="en") == ["fox one", "fox three"]
    assert found(blog, "fox", lang="de") == ["fox two"]
    assert found(blog, "fox", source_id=99) == []
    assert found(blog, "fox", to=at(-48)) == ["fox one"]
    assert found(blog, "fox", from_=at(-1)) == ["fox two"], "no date told: first seen"


def test_only_what_stands_now_is_found(blog: Blog) -> None:
    blog.post(text="old words", title="Title words")
    blog.post("source", "new words", title="Title words", hours=1)
    assert found(blog, "old") == []
    assert found(blog, "title") == ["new words"]
    blog.post("gone", hours=2)
    assert found(blog, "words") == []


@pytest.mark.parametrize(
    "query", ['"', "AND", "a OR b", "title:x", "x*", "(", "NEAR(a b)", "^x", "a-b", "fox's", "{x}", "''"]
)
def test_no_query_is_a_syntax_error(blog: Blog, query: str) -> None:
    fill(blog, "a b x fox's AND or near title")
    try:
        blog.archive.search(query)
    except UsageError as error:
        assert "no word" in str(error)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_whatever_is_typed_is_an_expression(query: str) -> None:
    import sqlite3

    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE f USING fts5(b, tokenize='unicode61 remove_diacritics 2')")
    expression = words.for_query(query)
    if expression and "\0" not in expression:
        database.execute("SELECT * FROM f WHERE f MATCH ?", [expression]).fetchall()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="東京都タワーabc 日本", min_size=1, max_size=12), st.data())
def test_any_piece_of_a_run_finds_its_text(text: str, data: st.DataObject) -> None:
    """A piece of CJK signs that stands in a text finds it, and one that does not, does not."""
    import re
    import sqlite3

    runs = re.findall("[東京都タワー日本]+", text)
    if not runs:
        return
    run = data.draw(st.sampled_from(runs))
    start = data.draw(st.integers(0, len(run) - 1))
    piece = run[start : data.draw(st.integers(start + 1, len(run)))]
    other = data.draw(st.text(alphabet="東京都タワー日本", min_size=2, max_size=3))
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE f USING fts5(b, tokenize='unicode61 remove_diacritics 2')")
    database.execute("INSERT INTO f VALUES (?)", [words.for_index(text)])

    def matches(query: str) -> bool:
        return bool(database.execute("SELECT 1 FROM f WHERE f MATCH ?", [words.for_query(query)]).fetchall())

    assert matches(piece)
    assert matches(other) == (other in text)


def test_pages_leave_nothing_out_and_repeat_nothing(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "WINDOW", 10)
    fill(blog, *(f"fox number {number}" + " fox" * (number % 4) for number in range(47)))
    seen: list[str] = []
    cursor = None
    while page := blog.archive.search("fox", limit=7, after=cursor):
        seen += [hit.version.text for hit in page]
        cursor = page[-1].cursor
        blog.post(text=f"fox, new {len(seen)}", native_id=str(len(seen)), url=f"{HOME}new{len(seen)}/")
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == 47, "what came later is not in it, and nothing is cut off at the end of a window"


def test_a_broken_cursor(blog: Blog) -> None:
    with pytest.raises(UsageError, match="no cursor"):
        blog.archive.search("fox", after="page 2")
    with pytest.raises(UsageError, match="no word"):
        blog.archive.search("…")


def test_snippets(blog: Blog) -> None:
    text = "Lorem ipsum dolor. " * 20 + "Here is the Café, and a CAFÉ again." + " Amen." * 50
    shown = snippet(text, ("cafe",))
    assert "«Café», and a «CAFÉ» again" in shown
    assert shown.startswith("… ") and shown.endswith(" …")
    assert snippet("東京タワー", ("タワー",)) == "東京«タワー»"
    assert snippet("no such word", ("fox",)) == "no such word"
    assert snippet("foxes", ("fox",)) == "foxes"
    assert snippet("", ("fox",)) == ""
    fill(blog, "x " * 300 + "fox")
    assert "«fox»" in blog.archive.search("fox")[0].snippet
