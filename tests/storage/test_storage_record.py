"""Records and exports: every line validates, its id stays the same, and the bytes go out as they came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.export import export_jsonl, export_warc
from storage.warc import read_segment
from tests.storage.made import HOME, Blog, comment, exchange, update
from tests.storage.test_storage_keep import warcio_finds_fault
from variorum.digests import canonical_json, sha256_hex
from variorum.errors import StorageError, UsageError

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "record.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
OWN = {name for name, told in SCHEMA["properties"].items() if told.get("$comment", "").startswith("own")}


def told(blog: Blog) -> list[dict[str, Any]]:
    """Fill the archive with one of each, and return its records."""
    page, feed, missing = blog.keep(
        exchange(f"{HOME}hello/"),
        exchange(f"{HOME}feed/", b"<rss/>"),
        exchange(f"{HOME}hello/", b"no", status=404, hours=3),
    )
    removed = [
        {"kind": "share", "rule": "wordpress/sharedaddy", "chars": 5, "sha256": sha256_hex("Share"), "text": "Share"}
    ]
    meta = {"removed": removed, "links": [["https://x.example/", "x"]], "sources": {"title": "rest"}, "tags": ["a"]}
    evidence: dict[str, Any] = {"captures": [page.capture_id], "visit_ids": (page.id, feed.id)}
    blog.write(
        update(blog.source_id, text="Eins\nzwei", title="Hallo", meta=meta, **evidence),
        comment(blog.source_id, "7", text="Hi", **evidence),
        comment(blog.source_id, "8", text="Ho", parent_native_id="7", depth=1, position=1, **evidence),
    )
    blog.post("source", "Three", title="Hello", hours=1, aliases=((f"{HOME}?p=1", "redirect"),))
    blog.comment("8", "gone", hours=2, url="")
    blog.post("gone", hours=3, reason="the server answers 404", visit_ids=(missing.id,))
    return list(blog.archive.records())


def test_every_record_validates_and_every_field_is_described(blog: Blog) -> None:
    records = told(blog)
    assert [record["kind"] for record in records] == ["first", "first", "first", "source", "gone", "gone"]
    for record in records:
        VALIDATOR.validate(record)
        assert record.keys() <= SCHEMA["properties"].keys()


def test_the_schema_refuses_what_is_none(blog: Blog) -> None:
    record = told(blog)[0]
    for name in SCHEMA["required"]:
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate({key: value for key, value in record.items() if key != name})
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({**record, "work_type": "comment"})
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({**record, "kind": "same"})


def test_what_a_record_says(blog: Blog) -> None:
    post, first, answer, edited, gone_comment, gone = told(blog)
    assert (post["title"], post["text"], post["authors"]) == ("Hallo", "Eins\nzwei", [{"name": "Ann", "url": None}])
    assert post["removed"][0]["text"] == "Share"
    assert (post["published"], post["captured_at"], post["gone_at"]) == (
        "2025-12-31T08:00:00Z", "2026-01-01T12:00:00Z", "2026-01-01T15:00:00Z",
    )  # fmt: skip
    assert post["extraction"] == {
        "extractor": "wordpress/1", "version": "0.1.0", "config_sha256": "0123456789abcdef", "profile": None,
        "warnings": [], "score": None, "suspect": False,
    }  # fmt: skip
    assert (post["thread"], post["comments"]) == (None, {"seen": 0, "claimed": None, "complete": False})
    assert edited["previous_version_id"] == post["version_id"]
    assert {item["url"] for item in edited["aliases"]} == {f"{HOME}hello/", f"{HOME}?p=1"}
    assert first["authors"] == [{"name": "Bo", "url": None}]
    assert answer["thread"]["parent_id"] == first["work_id"]
    assert (answer["thread"]["post_id"], answer["thread"]["parent_native_id"]) == (post["work_id"], "7")
    assert (gone_comment["text"], gone_comment["url"]) == ("", answer["url"])
    assert gone["capture"]["http_status"] == 404
    assert post["capture"]["warc"]["file"].endswith(".warc.gz")
    assert post["fetch"]["url"] == f"{HOME}hello/"


def test_record_id_covers_what_the_schema_calls_own(blog: Blog) -> None:
    for record in told(blog):
        own = {name: record[name] for name in OWN if name in record}
        assert record["record_id"] == sha256_hex(canonical_json(own))


def test_record_id_stays_the_same_when_the_rest_moves(blog: Blog, tmp_path: Path) -> None:
    blog.post(text="One", title="T")
    before = blog.archive.record(1)
    blog.post("same", "One", title="T", hours=5, comments={"seen": 2, "claimed": 2, "complete": True},
              aliases=((f"{HOME}?p=1", "redirect"),))  # fmt: skip
    blog.post("source", "Two", title="T", hours=6)
    after = blog.archive.record(1)
    assert after["last_seen"] != before["last_seen"] and after["superseded_at"] and after["comments"]["complete"]
    assert after["record_id"] == before["record_id"]
    other = Blog(tmp_path / "other")
    other.writer.add_source("https://another.example/")
    other.post(text="unrelated", native_id="77", url=f"{HOME}other/")
    other.post(text="One", title="T")
    assert other.archive.record(2)["record_id"] == before["record_id"], "the same in another archive"
    other.close()


def test_changes_go_on_from_a_seq(blog: Blog) -> None:
    records = told(blog)
    for position, record in enumerate(records):
        assert list(blog.archive.changes(record["seq"])) == records[position + 1 :]
    assert [record["kind"] for record in blog.archive.changes(kinds=["gone"])] == ["gone", "gone"]
    assert len(list(blog.archive.changes(limit=2))) == 2
    assert list(blog.archive.records(source_id=99)) == []
    with pytest.raises(UsageError, match="no version 99"):
        blog.archive.record(99)


def test_export_is_incremental_and_whole_or_not_there(blog: Blog, tmp_path: Path) -> None:
    told(blog)
    dest = tmp_path / "out" / "a.jsonl"
    done = export_jsonl(blog.archive, dest)
    lines = dest.read_text(encoding="utf-8").splitlines()
    assert (done.count, len(lines), done.bytes_written) == (6, 6, dest.stat().st_size)
    assert [json.loads(line) for line in lines] == list(blog.archive.records())
    assert export_jsonl(blog.archive, tmp_path / "b.jsonl", after=done.last_seq).count == 0
    blog.post("restored", "Back", hours=9)
    again = export_jsonl(blog.archive, tmp_path / "b.jsonl", after=done.last_seq, source="blog.example")
    assert (again.count, again.last_seq) == (1, blog.archive.last_seq())
    with pytest.raises(UsageError, match="is a folder"):
        export_jsonl(blog.archive, tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*")) == ["archive", "b.jsonl", "out"]


def test_export_to_stdout(blog: Blog, capsys: pytest.CaptureFixture[str]) -> None:
    blog.post(text="日本語")
    export_jsonl(blog.archive, "-")
    assert json.loads(capsys.readouterr().out)["text"] == "日本語"


def test_export_that_breaks_leaves_the_old_file(blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blog.post(text="One")
    dest = tmp_path / "a.jsonl"
    dest.write_text("old\n")

    def broken(*_: object, **__: object) -> Any:
        yield blog.archive.record(1)
        raise StorageError("the disk fell out")

    monkeypatch.setattr(type(blog.archive), "records", broken)
    with pytest.raises(StorageError, match="fell out"):
        export_jsonl(blog.archive, dest)
    assert dest.read_text() == "old\n"
    assert [path.name for path in tmp_path.glob("*.part")] + [path.name for path in tmp_path.glob(".*")] == []


def test_warc_export_copies_records_byte_for_byte(blog: Blog, tmp_path: Path) -> None:
    other = blog.writer.add_source("https://other.example/").id
    blog.keep(
        *(exchange(f"{HOME}{number}", b"x" * number * 1000) for number in range(9)), exchange(f"{HOME}3", b"x" * 3000)
    )
    blog.writer.keep(blog.run_id, other, [exchange("https://other.example/", b"other")])
    blog.writer.segments.write_exchange(exchange(f"{HOME}orphan", b"never named"), None)
    blog.writer.segments.close()
    done = export_warc(blog.archive, tmp_path / "out", source="blog.example", segment_bytes=2000)
    assert len(done.files) > 1
    assert warcio_finds_fault(*done.files) == 0
    (source,) = (blog.folder / "warc").glob("*.warc.gz")
    originals = [record for record in read_segment(source) if not isinstance(record, int)]
    copies = [record for path in sorted(done.files) for record in read_segment(path) if not isinstance(record, int)]
    wanted = {record.headers["WARC-Record-ID"]: record.block for record in originals
              if record.kind != "warcinfo" and "blog.example" in record.headers["WARC-Target-URI"]
              and "orphan" not in record.headers["WARC-Target-URI"]}  # fmt: skip
    got = {record.headers["WARC-Record-ID"]: record.block for record in copies if record.kind != "warcinfo"}
    assert got == wanted
    assert done.count == len(wanted) == 20
    everything = export_warc(blog.archive, tmp_path / "all")
    assert (everything.count, len(everything.files)) == (22, 1)


def test_warc_export_of_a_damaged_archive_leaves_nothing(blog: Blog, tmp_path: Path) -> None:
    blog.keep(exchange(), exchange(f"{HOME}b", b"b"))
    blog.writer.segments.close()
    (path,) = (blog.folder / "warc").glob("*.warc.gz")
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(StorageError, match="check --deep"):
        export_warc(blog.archive, tmp_path / "out")
    assert list((tmp_path / "out").glob("*")) + list((tmp_path / "out").glob(".*")) == []


_WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(_WORDS, min_size=1, max_size=4),
    title=_WORDS,
    lang=st.none() | st.sampled_from(["en", "ar", "ja"]),
    published=st.none() | st.datetimes().map(lambda at: at.isoformat() + "Z") | st.just("yesterday"),
    tags=st.lists(_WORDS, max_size=3),
)
def test_whatever_is_said_validates(
    blog: Blog, texts: list[str], title: str, lang: str | None, published: str | None, tags: list[str]
) -> None:
    after = blog.archive.last_seq()
    meta = {"lang": lang, "published": published, "tags": tags}
    for number, text in enumerate(texts):
        kind, url = "source" if number else "first", f"{HOME}{after}"
        blog.post(kind, text, title=title, meta=meta, native_id=str(after), url=url, hours=number)
    for record in blog.archive.records(after):
        VALIDATOR.validate(json.loads(json.dumps(record)))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_warc_export_that_fills_the_disk_leaves_nothing(
    blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(blog)
    plain = Path.open

    def no_room(path: Path, mode: str = "r", **more: Any) -> Any:
        if mode != "xb":
            return plain(path, mode, **more)
        path.touch()
        return plain(Path("/dev/full"), "wb")

    monkeypatch.setattr(Path, "open", no_room)
    with pytest.raises(StorageError, match="No space left"):
        export_warc(blog.archive, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_warc_export_of_one_source_stands_alone(blog: Blog, tmp_path: Path) -> None:
    robots = f"{HOME}robots.txt"
    other = blog.writer.add_source(f"{HOME}other/").id
    run = blog.writer.begin_run(other, "ingest")
    blog.keep(exchange(robots))
    blog.writer.keep(run, other, [exchange(robots, hours=1), exchange(robots, hours=2)])
    (path,) = export_warc(blog.archive, tmp_path / "out", source=other).files
    records = [record for record in read_segment(path) if not isinstance(record, int)]
    assert [record.kind for record in records if record.kind != "request"] == ["warcinfo", "response", "revisit"]
    held = {record.place.record_id for record in records}
    assert {record.headers["WARC-Refers-To"] for record in records if record.kind == "revisit"} <= held
