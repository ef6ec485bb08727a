"""Search finds words, phrases and parts of CJK runs, whatever is typed; pages leave nothing out and repeat nothing."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import search as searching
from storage import words
from storage.archive import Archive
from storage.engines import fulltext
from storage.search import snippet
from storage.takedown import Removal
from tests.storage.made import HOME, Blog, at, comment, update
from variorum.errors import StorageError, UsageError
from variorum.records import TakedownLevel


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
    assert found(blog, "fox", from_=at(-48), to=at(24), lang="en", comments=True, source_id=1) == ["fox three"]
    assert found(blog, "fox", lang="en-GB") == ["fox one"]
    assert found(blog, "fox", lang="EN") == ["fox one", "fox three"]
    assert found(blog, "fox", lang="?") == []
    assert found(blog, "fox", lang="en-US") == []
    with pytest.raises(UsageError, match="between two dates"):
        blog.archive.search("fox", from_=at(2), to=at(1))


def test_filters_of_a_second_source(blog: Blog) -> None:
    other = blog.writer.add_source("https://other.example/").id
    fill(blog, "fox here")
    blog.write(update(other, text="fox there", native_id="1", url="https://other.example/1/"))
    assert found(blog, "fox", source_id=other) == ["fox there"]
    assert found(blog, "fox", source_id=blog.source_id) == ["fox here"]


def test_no_text_passes_for_one_of_another_source(blog: Blog) -> None:
    other = blog.writer.add_source("https://other.example/").id
    fill(blog, f"fox \ue000s{other} \ue000lja \ue000\ue000fox", "fox titled", title="About")
    assert found(blog, "fox", source_id=other) == []
    assert found(blog, "fox", lang="ja") == []
    assert len(found(blog, "s2")) == 1
    assert blog.archive.search("about fox")[0].version.text == "fox titled"


@pytest.mark.parametrize(
    ("begin", "end", "marks"),
    [
        ("2020-02-28", "2020-03-01", ["d20200228", "d20200229", "d20200301"]),
        ("2019-12-31", "2021-02-01", ["d20191231", "y2020", "m202101", "d20210201"]),
        ("2020-01-01", "2020-12-31", ["y2020"]),
        ("2020-05-05", "2020-05-05", ["d20200505"]),
        (None, "1970-01-31", ["y0", "m197001"]),
        ("2099-12-01", None, ["y1", "m209912"]),
        ("1800-01-01", "1970-01-01", ["y0", "d19700101"]),
        ("2020-01-02", "2020-01-01", []),
    ],
)
def test_days_as_marks(begin: str | None, end: str | None, marks: list[str]) -> None:
    times = [datetime.fromisoformat(f"{day}T12:00:00+00:00") if day else None for day in (begin, end)]
    assert list(fulltext.of_days(*times)) == marks


def test_hours_of_a_day(blog: Blog) -> None:
    fill(blog, "fox", meta={"published": "2020-05-01T12:00:00Z"})
    day = datetime(2020, 5, 1, tzinfo=UTC)
    for begin, end, is_found in ((0, 24, True), (12, 24, True), (13, 24, False), (0, 12, True), (0, 11, False)):
        to = day + timedelta(hours=end) - timedelta(microseconds=end == 24)
        assert bool(found(blog, "fox", from_=day + timedelta(hours=begin), to=to)) == is_found
    east = timezone(timedelta(hours=9))
    assert found(blog, "fox", from_=datetime(2020, 5, 2, tzinfo=east)) == []
    assert found(blog, "fox", from_=datetime(2020, 5, 1, tzinfo=east)) == ["fox"]


@given(st.dates(), st.dates(), st.dates())
def test_a_span_covers_its_days_and_no_others(day: date, begin: date, end: date) -> None:
    first, last = (datetime(d.year, d.month, d.day, 12, tzinfo=UTC) for d in (begin, end))
    work = {"source_id": 1, "work_type": "post", "first_seen": f"{day.isoformat()}T12:00:00.000000Z"}
    said = fulltext.entry(work, {"title": "", "text": "", "lang": None, "published": None})
    covered = bool(set(said.marks) & set(fulltext.of_days(first, last)))
    assert covered >= (begin <= day <= end), "what is in the span is found"
    if date(1970, 1, 1) <= day <= date(2099, 12, 31):
        assert covered == (begin <= day <= end)


def test_a_date_far_off_is_found(blog: Blog) -> None:
    fill(blog, "fox old", meta={"published": "1066-10-14T09:00:00Z"})
    assert found(blog, "fox", to=at(0)) == ["fox old"]
    assert found(blog, "fox", from_=datetime(1066, 10, 14, tzinfo=UTC), to=datetime(1066, 10, 15, tzinfo=UTC)) == [
        "fox old"
    ]
    assert found(blog, "fox", to=datetime(1066, 10, 13, tzinfo=UTC)) == []
    assert found(blog, "fox", from_=at(0)) == []


def test_a_star_finds_what_begins_so(blog: Blog) -> None:
    fill(blog, "frosty roses", "Frost and rose", "fro", "كتابة جديدة", "東京タワー")
    assert found(blog, "fros*") == ["Frost and rose", "frosty roses"]
    assert found(blog, "fros* ros*") == ["Frost and rose", "frosty roses"]
    assert found(blog, '"frosty ros"*') == ["frosty roses"]
    assert found(blog, "كتا*") == ["كتابة جديدة"]
    assert found(blog, "東京*") == ["東京タワー"]
    assert blog.archive.search("fros*")[0].snippet in ("«Frost» and rose", "«frosty» roses")
    with pytest.raises(UsageError, match="3 letters or more"):
        blog.archive.search("fr*")


def test_a_lone_sign_among_words(blog: Blog) -> None:
    fill(blog, "Python と 猫", "猫 alone", "ねこ", title="犬の話")
    assert found(blog, "猫") == ["Python と 猫", "猫 alone"]
    assert found(blog, "猫 python") == ["Python と 猫"]
    assert found(blog, "犬") == ["Python と 猫", "ねこ", "猫 alone"], "in the title"
    assert found(blog, "犬話") == []


def test_titles_first_then_side_by_side_then_the_newest(blog: Blog) -> None:
    for number, (title, text) in enumerate(
        [
            ("A late frost", "about that"),
            ("", "the late frost came"),
            ("", "frost, and it was late"),
            ("", "late in the year a frost"),
            ("Late", "frost"),
        ]
    ):
        blog.post(text=text, title=title, native_id=f"n{number}", url=f"{HOME}{number}/")
    assert [hit.version.text for hit in blog.archive.search("late frost")] == [
        "about that",
        "the late frost came",
        "frost",
        "late in the year a frost",
        "frost, and it was late",
    ]


def test_earlier_versions_on_request(blog: Blog) -> None:
    blog.post(text="old words", title="Title")
    blog.post("source", "new words", title="Title", hours=1)
    blog.post("source", "newest words", title="Title", hours=2)
    blog.comment("7", text="words of a comment")
    blog.comment("7", "gone", hours=3)
    assert found(blog, "old") == []
    assert found(blog, "words") == ["newest words"]
    hits = blog.archive.search("words", all_versions=True)
    assert [(hit.version.text, hit.is_current) for hit in hits] == [
        ("newest words", True),
        ("words of a comment", False),
        ("new words", False),
        ("old words", False),
    ]
    assert hits[3].version.number == 1
    assert hits[3].work.versions == 3
    assert (hits[3].version.observed_first, hits[3].version.observed_last) == (at(0), at(0))
    assert found(blog, "words", all_versions=True, comments=True) == ["words of a comment"]
    assert found(blog, "old", all_versions=True, from_=at(-48), to=at(0), lang="en") == ["old words"]
    cursor, seen = None, []
    while page := blog.archive.search("words", all_versions=True, limit=1, after=cursor):
        seen += [hit.version.text for hit in page]
        cursor = page[-1].cursor
    assert seen == [hit.version.text for hit in hits]


@pytest.mark.parametrize("level", ["hide", "refuse", "destroy"])
def test_what_was_taken_down_is_not_found_in_any_version(blog: Blog, level: TakedownLevel) -> None:
    blog.post(text="old words", title="Title")
    blog.post("source", "new words", title="Title", hours=1)
    blog.comment("7", text="words of a comment")
    blog.comment("7", "source", "changed words of a comment", hours=2)
    post, comment_ = blog.archive.works()
    for work, left in ((comment_, ["new words", "old words"]), (post, [])):
        removal = Removal(blog.writer.database, blog.folder, work)
        takedown, _ = removal.register(blog.run_id, level, "asked for", "Ann", thread=False, now=at(24))
        if level == "destroy":
            removal.destroy_rows(takedown, lambda _: None)
        assert found(blog, "words", all_versions=True) == left
        assert found(blog, "words") == left[:1]
    assert list(fulltext.missing(blog.archive.database)) == []
    if level == "destroy":
        wanted = fulltext.Wanted(tuple(words.terms("words")))
        assert fulltext.newest(blog.archive.database, fulltext.PAST, wanted, top=None, most=9) == []
        return
    for work in (post, comment_):
        Removal(blog.writer.database, blog.folder, work).undo(blog.run_id, "Ann", "in error", at(48))
    assert set(found(blog, "words", all_versions=True)) == {
        "old words", "new words", "words of a comment", "changed words of a comment"
    }  # fmt: skip


def test_what_changes_between_two_pages_neither_skips_nor_doubles(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "WINDOW", 10)
    fill(blog, *(f"fox number {number}" for number in range(30)))
    first = blog.archive.search("fox", limit=5)
    seen = [hit.version.text for hit in first]
    for number in (129, 128, 121):  # edited: two of those seen, one of those to come
        blog.post("source", f"cat {number}", native_id=str(number), url=f"{HOME}{number}/", hours=1)
    cursor = first[-1].cursor
    while page := blog.archive.search("fox", limit=4, after=cursor):
        seen += [hit.version.text for hit in page]
        cursor = page[-1].cursor
    assert seen == [f"fox number {number}" for number in range(29, -1, -1) if number != 21]


def test_the_newest_are_found_block_by_block(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "WINDOW", 6)
    monkeypatch.setattr(fulltext, "_BLOCK_BITS", 2)
    monkeypatch.setattr(fulltext, "_SPANS", (1, 2, 4))
    fill(blog, *(("fox" if number % 3 else "rare fox") + f" {number}" for number in range(60)), title="Foxes")
    for query, expected in (
        ("fox", range(59, -1, -1)),
        ("rare", range(57, -1, -3)),
        ('"fox 7"', [7]),
        ("foxes", range(59, -1, -1)),
    ):
        seen, cursor = [], None
        while page := blog.archive.search(query, limit=7, after=cursor):
            seen += [int(hit.version.text.split()[-1]) for hit in page]
            cursor = page[-1].cursor
        assert seen == list(expected)


def test_an_index_that_was_left_half_made_is_made_whole(blog: Blog) -> None:
    fill(blog, *(f"fox {number}" for number in range(7)))
    blog.post("source", "cat", native_id="100", url=f"{HOME}0/", hours=1)
    database = blog.writer.database
    with database.transaction():
        database.run("UPDATE fts_state SET revision = 1")
        fulltext.build_some(database, 3)
    with pytest.raises(StorageError, match="being built"):
        blog.archive.search("fox")
    Archive.open(blog.folder, create=True).close()
    assert found(blog, "fox") == [f"fox {number}" for number in range(1, 7)]
    assert found(blog, "fox", all_versions=True) == [f"fox {number}" for number in range(7)]
    assert list(fulltext.missing(database)) == []
    blog.post("source", "dog", native_id="101", url=f"{HOME}1/", hours=1)
    assert found(blog, "fox") == [f"fox {number}" for number in range(2, 7)]


def test_a_check_finds_what_the_index_lacks(blog: Blog) -> None:
    fill(blog, "fox")
    blog.post("source", "cat", native_id="100", url=f"{HOME}0/", hours=1)
    (work,) = blog.archive.works()
    first, second = blog.archive.database.all("SELECT * FROM version ORDER BY id")
    row = blog.archive.database.one("SELECT * FROM work")
    assert row is not None
    for table, number, version in ((fulltext.CURRENT, work.id, second), (fulltext.PAST, first["id"], first)):
        fulltext.forget(blog.writer.database, table, number, fulltext.entry(row, version))
        assert [number for _, number in fulltext.missing(blog.archive.database)] == [number]
        fulltext.put(blog.writer.database, table, number, fulltext.entry(row, version))
    assert list(fulltext.missing(blog.archive.database)) == []


def test_too_many_words_is_said(blog: Blog) -> None:
    with pytest.raises(UsageError, match="64 words at most"):
        blog.archive.search(" ".join(f"w{number}" for number in range(65)))
    assert blog.archive.search(" ".join(["w"] * 1000)) == []


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
        assert "no word" in str(error) or "too much" in str(error)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_whatever_is_typed_is_an_expression(query: str) -> None:
    import sqlite3

    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE f USING fts5(b, tokenize='unicode61 remove_diacritics 2')")
    try:
        expression = words.for_query(query)
    except UsageError as error:
        assert "too much" in str(error)
        return
    if expression:
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
    for cursor in ("page 2", "12.5", "c1.2.3.4", "p1.2.9.4", "c-1.2.0.4", "c1.2.0.99999999999999999999"):
        with pytest.raises(UsageError, match="no cursor"):
            blog.archive.search("fox", after=cursor)
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
    began = time.process_time()
    assert snippet("é " * 5_000_000, ("fox",)).startswith("é é")
    assert snippet("fox " * 1_000_000, ("fox",)).startswith("«fox» «fox»")
    assert time.process_time() - began < 5
    assert snippet("frosty fox", ("fros*",)) == "«frosty» fox"
    assert snippet("x " * 9000 + "fox.", ("fox",)).endswith("«fox».")
    assert "a «fox» and a «cat»" in snippet("fox " + "x " * 300 + "a fox and a cat", ("fox", "cat"))
    assert snippet("مَرْحَبًا بكم", ("مرحبا",)) == "«مَرْحَبًا» بكم"
    fill(blog, "x " * 300 + "fox")
    assert "«fox»" in blog.archive.search("fox")[0].snippet
