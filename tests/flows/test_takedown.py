"""Takedowns of archives that were really ingested: nobody is told the text, everybody is told why, bytes are gone."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from cli.main import variorum
from flows import steps
from flows.comparing import compare_new
from flows.takingdown import holding, take_down, undo
from storage import takedown as takedowns
from storage import warc
from storage.archive import Archive
from storage.contents import WORDS, unfolded
from storage.export import export_jsonl, export_proof, export_warc
from storage.takedown import Removal
from storage.warc import is_mark, read_record, read_segment
from tests.conftest import Settle
from tests.flows.blog import Blog, Remark
from variorum.errors import DestroyedError, StorageError, UsageError
from variorum.settings import Settings

ROOT = Path(__file__).parents[2]
SECRET, WHISPER = "xanthopetal", "quorndimple"  # words of the post and of its comment, and of nothing else
TITLE = "Zyxoline"  # also in the lists of other pages
REASON = "the author asks for it"
TEXTS = {
    1: "Gulls sat on the crane all morning and nobody minded, because the boats were out until noon and it rained.",
    2: f"My neighbour told me in confidence where the {SECRET} grows, behind the old customs house by the third wall.",
    3: "The new timetable of the ferry hangs in the window of the bakery; the last one leaves at half past nine now.",
}
LEVELS = ("hide", "refuse", "destroy")


@pytest.fixture
def blog() -> Iterator[Blog]:
    with Blog() as made:
        for number, text in TEXTS.items():
            made.post(number).pages = [text]
        made.post(2).title = f"On {TITLE} and its like"
        made.post(2).comments[0].text = f"I have seen the {WHISPER} there as well, it stood in full bloom last week."
        yield made


@pytest.fixture
def folder(tmp_path: Path, blog: Blog, settle: Settle) -> str:
    """An archive of the blog, with SQLite and with PostgreSQL."""
    folder = str(settle(tmp_path / "archive"))
    ingest(folder, blog)
    compare_new(folder, lambda *_: None)
    return folder


def ingest(folder: str, blog: Blog) -> Any:
    return steps.ingest(folder, blog.url, Settings())


def ask(folder: str, *args: str, code: int = 0) -> Result:
    done = CliRunner().invoke(variorum, ["--archive", folder, *args], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done


def url_of(blog: Blog, number: int) -> str:
    return blog.root + blog.post(number).path


def down(folder: str, blog: Blog, level: Any, **more: Any) -> Any:
    return take_down(folder, url_of(blog, 2), level, REASON, "Ruth", **more)


def sound(folder: str) -> None:
    with Archive.open(folder) as archive:
        assert archive.check(deep=True) == []
        assert archive.leftovers() == []


def held(folder: str) -> bytes:
    """Return all bytes of an archive, its WARC files and the documents in them unpacked, and its texts."""
    found = [path.read_bytes() for path in Path(folder).glob("variorum.sqlite*")]
    with Archive.open(folder) as archive:
        rows = unfolded(archive.database, archive.database.all("SELECT * FROM version"))
    found += [row[name].encode() for row in rows for name in WORDS]
    found += [gzip.decompress(path.read_bytes()) for path in (Path(folder) / "warc").iterdir()]
    return b"\n".join(found)


def exported(folder: str, dest: Path) -> bytes:
    with Archive.open(folder) as archive:
        done = export_warc(archive, dest)
    return b"".join(gzip.decompress(path.read_bytes()) for path in done.files)


# ------------------------------------------------------------------------------------------------ what is told
@pytest.mark.parametrize("level", LEVELS)
def test_every_answer_says_why_and_none_says_what(folder: str, blog: Blog, tmp_path: Path, level: str) -> None:
    url = url_of(blog, 2)
    assert SECRET in ask(folder, "show", url).stdout
    done = ask(folder, "takedown", url, "--level", level, "--reason", REASON, "--by", "Ruth")
    assert "taken down" in done.stdout
    told = [
        ask(folder, "history", url),
        ask(folder, "show", url),
        ask(folder, "show", url, "--version", "1"),
        ask(folder, "show", url, "--version", "1", "--json"),
        ask(folder, "thread", url),
        ask(folder, "thread", url, "--json"),
        ask(folder, "diff", url, "1", "1"),
        ask(folder, "provenance", url, "--version", "1"),
        ask(folder, "provenance", url, "--version", "1", "--json"),
        ask(folder, "takedown"),
        ask(folder, "takedown", "--json"),
    ]
    for done in told:
        assert REASON in done.output, done.output
        assert "Ruth" in done.output
    told += [
        ask(folder, "works", "--comments"),
        ask(folder, "works", "--json"),
        ask(folder, "search", SECRET),
        ask(folder, "search", WHISPER),
        ask(folder, "changes"),
        ask(folder, "duplicates", url),
        ask(folder, "history", url, "--json"),
        ask(folder, "diff", url, "1", "1", "--json"),
        ask(folder, "export", "--format", "jsonl", "-"),
    ]
    for done in told:
        assert SECRET not in done.output
        assert TITLE not in done.output
        assert WHISPER not in done.output
    assert "taken down" in ask(folder, "works").stdout
    bytes_out = exported(folder, tmp_path / "warcs")
    assert SECRET.encode() not in bytes_out
    assert WHISPER.encode() not in bytes_out
    assert b"timetable" in bytes_out  # the page of another post
    assert "gulls" in ask(folder, "show", url_of(blog, 1)).stdout.lower()
    sound(folder)


@pytest.mark.parametrize("level", LEVELS)
def test_records_are_valid_and_proved(folder: str, blog: Blog, tmp_path: Path, level: str) -> None:
    with Archive.open(folder) as archive:
        before = {record["version_id"]: record["record_id"] for record in archive.records()}
    down(folder, blog, level)
    schema = json.loads((ROOT / "docs/record.schema.json").read_text(encoding="utf-8"))
    with Archive.open(folder) as archive:
        for record in archive.records():
            jsonschema.validate(record, schema)
            assert before.get(record["version_id"], record["record_id"]) == record["record_id"]
        records = {record["url"]: record for record in archive.records() if record["version_no"] == 1}
        export_jsonl(archive, tmp_path / "out.jsonl")
        export_proof(archive, tmp_path / "out.jsonl", tmp_path / "proof")
    gone = records[url_of(blog, 2)]
    assert (gone["access"], gone["takedown"]["level"]) == ("restricted" if level == "hide" else "tombstone", level)
    assert (gone["title"], gone["text"], gone["authors"]) == ("", "", [])
    assert len(gone["text_sha256"]) == 64
    assert records[url_of(blog, 1)]["access"] == "open"
    command = [
        sys.executable,
        str(ROOT / "docs/verify_export.py"),
        str(tmp_path / "out.jsonl"),
        str(tmp_path / "proof"),
    ]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    hidden = [json.dumps({**json.loads(line), "access": "restricted"}) for line in lines]  # none may hide behind it
    (tmp_path / "out.jsonl").write_text("\n".join(hidden) + "\n")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_what_follows_changes_learns_of_it(folder: str, blog: Blog) -> None:
    with Archive.open(folder) as archive:
        last = archive.last_seq()
    down(folder, blog, "refuse")
    with Archive.open(folder) as archive:
        news = list(archive.changes(last))
    assert {(record["work_type"], record["kind"], record["reason"]) for record in news} == {
        ("post", "takedown", REASON),
        ("comment", "takedown", REASON),
    }


# ------------------------------------------------------------------------------------------------ what comes later
def test_a_hidden_post_is_archived_on_and_shown_again_by_undo(folder: str, blog: Blog) -> None:
    down(folder, blog, "hide")
    blog.post(2).pages[0] += " They cut it down."
    ingest(folder, blog)
    url = url_of(blog, 2)
    assert "cut it down" not in ask(folder, "show", url).output
    done = ask(folder, "takedown", url, "--undo", "--reason", "all is well", "--by", "Ruth")
    assert REASON in done.stdout
    assert "cut it down" in ask(folder, "show", url).stdout
    assert "They cut it down" in ask(folder, "diff", url, "1", "2").stdout.replace("{+", "").replace("+}", "")
    with Archive.open(folder) as archive:
        kinds = [row["kind"] for row in archive.database.all("SELECT kind FROM event ORDER BY seq")]
        assert archive.takedowns() == []
    assert [kind for kind in kinds if "takedown" in kind] == ["takedown", "takedown_lifted"]
    sound(folder)


@pytest.mark.parametrize("level", ["refuse", "destroy"])
def test_what_is_refused_does_not_come_in_again(folder: str, blog: Blog, level: str) -> None:
    down(folder, blog, level)
    blog.post(2).pages[0] += " They cut it down."
    blog.post(2).comments.append(Remark(777, "Zed", "And what a pity that is, I would have liked to see it."))
    blog.post(1).pages[0] += " Then the sun came out."
    blog.answers.clear()
    ingest(folder, blog)
    steps.ingest(folder, blog.url, Settings(), full=True)
    with Archive.open(folder) as archive:
        work = archive.find_work(url_of(blog, 2))
        assert [item.kind for item in archive.versions(work.id)] == ["first", "takedown"]
        assert not [record for record in archive.records() if record["native_id"] == "777"]
        assert "sun came out" in archive.versions(archive.find_work(url_of(blog, 1)).id)[-1].text
    assert blog.post(2).path not in {path for path, _ in blog.answers}
    assert ask(folder, "search", "pity").stdout.startswith("Nothing")
    sound(folder)


def test_bytes_of_a_refused_address_are_not_kept(folder: str, blog: Blog) -> None:
    from tests.storage.made import exchange

    down(folder, blog, "refuse")
    with Archive.open(folder) as archive, archive.writer() as writer:
        source = archive.sources()[0]
        run_id = writer.begin_run(source.id, "ingest")
        visits = writer.keep(run_id, source.id, [exchange(url_of(blog, 2), b"<p>" + SECRET.encode() + b" again</p>")])
        assert visits[0].capture_id is None
        row = archive.database.one("SELECT * FROM visit WHERE id = :id", id=visits[0].id)
        assert row is not None
        assert (row["status"], row["warc_file"]) == (200, None)
    sound(folder)


def test_refusal_is_undone_with_the_last_words(folder: str, blog: Blog) -> None:
    down(folder, blog, "refuse")
    ingest(folder, blog)
    undo(folder, url_of(blog, 2), "all is well", "Ruth")
    assert SECRET in ask(folder, "show", url_of(blog, 2)).stdout
    assert WHISPER in ask(folder, "thread", url_of(blog, 2)).stdout
    assert SECRET in ask(folder, "search", SECRET).stdout
    ingest(folder, blog)
    with Archive.open(folder) as archive:
        kinds = [item.kind for item in archive.versions(archive.find_work(url_of(blog, 2)).id)]
    assert kinds == ["first", "takedown", "restored"]
    sound(folder)


# ------------------------------------------------------------------------------------------------ destroying
def test_nothing_of_a_destroyed_text_is_left(folder: str, blog: Blog) -> None:
    assert SECRET.encode() in held(folder)
    places = {path.name: path.stat().st_size for path in (Path(folder) / "warc").iterdir()}
    done = down(folder, blog, "destroy")
    assert done.records > 0
    left = held(folder)
    assert SECRET.encode() not in left
    assert WHISPER.encode() not in left
    assert b"timetable" in left
    assert {
        path.name: path.stat().st_size for path in (Path(folder) / "warc").iterdir() if path.name in places
    } == places
    for path in (Path(folder) / "warc").iterdir():
        command = [sys.executable, "-m", "warcio.cli", "check", str(path)]
        checked = subprocess.run(command, capture_output=True, check=False)
        assert checked.returncode == 0, checked
    sound(folder)
    with pytest.raises(UsageError, match="nothing is left"):
        undo(folder, url_of(blog, 2), "I want it back", "Ruth")
    with pytest.raises(UsageError, match="level destroy already"):
        down(folder, blog, "hide")


def test_nothing_of_a_destroyed_history_is_left(folder: str, blog: Blog) -> None:
    blog.post(2).pages[0] += " They cut it down."
    ingest(folder, blog)
    with Archive.open(folder) as archive:
        post = archive.find_work(url_of(blog, 2)).id
        rows = archive.database.all(
            "SELECT v.content FROM version v JOIN work w ON w.id = v.work_id WHERE w.id = :id OR w.post_id = :id",
            id=post,
        )
        in_file = archive.database.dialect == "sqlite"
    frames = [row["content"][5:] for row in rows]
    assert len(frames) > 2 and any(row["content"][0] for row in rows)
    assert all(frame in held(folder) for frame in frames) is in_file
    down(folder, blog, "destroy")
    left = held(folder)
    assert not any(frame in left for frame in frames)
    assert b"cut it down" not in left
    sound(folder)


def test_marks_tell_what_was_there(folder: str, blog: Blog) -> None:
    with Archive.open(folder) as archive:
        (version,) = archive.versions(archive.find_work(url_of(blog, 2)).id)
        record = archive.record(version.id)
    assert record["capture"] is not None
    down(folder, blog, "destroy")
    place = record["capture"]["warc"]
    mark = read_record(Path(folder) / "warc", place["file"], place["offset"], place["length"])
    assert is_mark(mark)
    assert mark.place.record_id == place["record_id"]
    told = mark.block.decode()
    assert f"payload-digest: sha1:{record['capture']['payload_sha1']}" in told
    assert f"body-digest: sha256:{record['capture']['sha256']}" in told
    assert "was: response" in told


def test_a_capture_that_other_posts_were_read_from_is_explained(folder: str, blog: Blog) -> None:
    with Archive.open(folder) as archive:
        (version,) = archive.versions(archive.find_work(url_of(blog, 1)).id)
        shared = archive.provenance(version.id)["captures"]
    down(folder, blog, "destroy")
    with Archive.open(folder) as archive:
        after = archive.provenance(version.id)["captures"]
        lost = [capture for capture in after if capture["destroyed"]]
        assert {capture["sha256"] for capture in after} == {capture["sha256"] for capture in shared}
        assert 0 < len(lost) < len(after)  # the listing that told of all posts; the page of this one stays
        assert lost[0]["destroyed"]["reason"] == REASON
        with pytest.raises(DestroyedError, match=REASON):
            archive.body(lost[0]["id"])
        assert archive.version(version.id).text == TEXTS[1]
    assert "destroyed" in ask(folder, "provenance", url_of(blog, 1)).stdout
    found = steps.reextract(folder, None, Settings())  # what is unreadable is told, and stops nothing
    assert all(line.startswith(blog.root) for result in found.values() for line in result.unreadable)
    sound(folder)


def test_destroyed_bytes_are_not_taken_in_again_nor_referred_to(folder: str, blog: Blog) -> None:
    down(folder, blog, "destroy")
    ingest(folder, blog)  # the blog still lists it, byte for byte
    steps.ingest(folder, blog.url, Settings(), full=True)
    left = held(folder)
    assert SECRET.encode() not in left
    sound(folder)
    blog.posts.remove(blog.post(2))
    blog.post(3).pages[0] += " Or so it says."
    ingest(folder, blog)
    with Archive.open(folder) as archive:
        version = archive.versions(archive.find_work(url_of(blog, 3)).id)[-1]
        assert "so it says" in version.text
        assert not [item for item in archive.provenance(version.id)["captures"] if item["destroyed"]]
    sound(folder)


STEPS = ["register", "find_captures", "destroy_bytes", "destroy_rows", "wipe"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_an_interrupted_destruction_goes_on(
    folder: str, blog: Blog, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    done = getattr(Removal, step)

    def killed(self: Removal, *args: Any, **values: Any) -> Any:
        if after:
            done(self, *args, **values)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Removal, step, killed)
        down(folder, blog, "destroy")
    registered = (step, after) != ("register", False)
    assert (SECRET in ask(folder, "show", url_of(blog, 2)).stdout) is not registered
    with Archive.open(folder) as archive:
        findings = archive.check(deep=True)
    unfinished = registered and step != "wipe" and (step, after) != ("destroy_rows", True)
    assert {finding.kind for finding in findings} == ({"takedown"} if unfinished else set())
    again = down(folder, blog, "destroy")
    assert again.is_new is not registered
    assert SECRET.encode() not in held(folder)
    assert WHISPER.encode() not in held(folder)
    sound(folder)


@pytest.mark.parametrize("blow", ["mark", "fsync", "rename", "folder"])
def test_a_file_is_rewritten_whole_or_not_at_all(
    folder: str, blog: Blog, monkeypatch: pytest.MonkeyPatch, blow: str
) -> None:
    names = {
        "mark": (warc, "_mark"),
        "fsync": (warc.os, "fsync"),
        "rename": (Path, "replace"),
        "folder": (warc, "sync_path"),
    }
    before = {path: path.read_bytes() for path in (Path(folder) / "warc").iterdir()}

    def broken(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(StorageError, match="No space left"):
        patch.setattr(*names[blow], broken)
        down(folder, blog, "destroy")
    for path, data in before.items():
        if blow != "folder":
            assert path.read_bytes() == data
    with Archive.open(folder) as archive:
        assert {finding.kind for finding in archive.check(deep=True)} == {"takedown"}
    down(folder, blog, "destroy")
    assert SECRET.encode() not in held(folder)
    assert sorted(path.name for path in (Path(folder) / "warc").iterdir()) == sorted(path.name for path in before)
    sound(folder)


def test_a_file_that_is_being_written_is_left_alone(folder: str, blog: Blog) -> None:
    from tests.storage.made import exchange

    with Archive.open(folder) as archive, archive.writer() as writer:
        source = archive.sources()[0]
        run_id = writer.begin_run(source.id, "ingest")
        writer.keep(run_id, source.id, [exchange(url_of(blog, 2), b"<p>" + SECRET.encode() + b"</p>")])
        with pytest.raises(StorageError, match="being written by a process"):
            down(folder, blog, "destroy")
        assert SECRET not in ask(folder, "show", url_of(blog, 2)).stdout
    down(folder, blog, "destroy")
    assert SECRET.encode() not in held(folder)


def test_destruction_without_a_trace_is_found(folder: str, blog: Blog) -> None:
    down(folder, blog, "destroy")
    with Archive.open(folder) as archive, archive.writer() as writer:
        writer.database.run("UPDATE takedown SET lifted_at = at")
        kinds = {finding.kind for finding in archive.check(deep=True)}
    assert kinds == {"takedown", "digest_mismatch"}


# ------------------------------------------------------------------------------------------------ which works
def test_a_post_alone_leaves_its_thread(folder: str, blog: Blog) -> None:
    down(folder, blog, "refuse", only_post=True)
    assert SECRET not in ask(folder, "show", url_of(blog, 2)).output
    assert WHISPER in ask(folder, "thread", url_of(blog, 2)).stdout
    again = down(folder, blog, "refuse")  # with its thread, after all
    assert again.is_new
    assert WHISPER not in ask(folder, "thread", url_of(blog, 2)).output
    sound(folder)


@pytest.mark.parametrize("level", LEVELS)
def test_a_comment_goes_alone(folder: str, blog: Blog, level: Any) -> None:
    done = take_down(folder, f"{url_of(blog, 2)}#comment-102", level, REASON, "Ruth")
    assert done.works == 1
    thread = ask(folder, "thread", url_of(blog, 2)).stdout
    assert WHISPER not in thread
    assert REASON in thread
    assert SECRET in ask(folder, "show", url_of(blog, 2)).stdout
    ingest(folder, blog)
    assert (WHISPER.encode() in held(folder)) is (level != "destroy")
    sound(folder)


def test_a_stricter_level_takes_the_place_of_the_one_before(folder: str, blog: Blog) -> None:
    for level in LEVELS:
        assert down(folder, blog, level).is_new
        assert not down(folder, blog, level).is_new
    with Archive.open(folder) as archive:
        assert [(item.level, item.done) for item in archive.takedowns()] == [("destroy", True)]
    sound(folder)


def test_a_hidden_comment_stays_so_when_its_post_is_shown_again(folder: str, blog: Blog) -> None:
    take_down(folder, f"{url_of(blog, 2)}#comment-102", "refuse", REASON, "Ruth")
    down(folder, blog, "refuse")
    undo(folder, url_of(blog, 2), "all is well", "Ruth")
    assert SECRET in ask(folder, "show", url_of(blog, 2)).stdout
    assert WHISPER not in ask(folder, "thread", url_of(blog, 2)).stdout
    sound(folder)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("https://nowhere.example/x/", "--level", "hide", "--reason", "r"), "holds nothing of"),
        (("1", "--level", "hide"), "--reason"),
        (("1", "--reason", "r"), "--level"),
        (("1", "--level", "hide", "--reason", " "), "reason"),
        (("1", "--undo", "--reason", "r"), "not taken down"),
        (("1", "--undo", "--level", "hide", "--reason", "r"), "not both"),
        (("--level", "hide", "--reason", "r"), "name the URL"),
    ],
)
def test_wrong_use_is_said(folder: str, args: tuple[str, ...], said: str) -> None:
    assert said in ask(folder, "takedown", *args, code=2).stderr
    with Archive.open(folder) as archive:
        assert archive.takedowns() == []


# ------------------------------------------------------------------------------------------------ pieces
def test_documents_that_hold_a_text_are_known_in_every_form() -> None:
    text = f'It\'s the "{SECRET}" — caf\u00e9, 港の帳簿には船の名が記されている & more of the same kind.'
    page = f"<div>{text.replace('&', '&amp;').replace('é', '&eacute;')}</div><p>Other words of another post.</p>"
    holds = holding([text, "Too short"])
    escaped = page.replace("&", "&amp;").replace("<", "&lt;")
    for body in (
        page,
        f"<rss><item><content:encoded><![CDATA[{page}]]></content:encoded></item></rss>",
        f"<rss><item><description>{escaped}</description></item></rss>",
        json.dumps([{"content": {"rendered": page}}]),
        json.dumps({"x": page}).replace("/", "\\/"),
        "{" + page,
    ):
        assert holds(body.encode()), body
    assert not holds(b"<p>Too short a text, and other words of another post that go on and on</p>")
    assert not holds(b"\xff\xfe\x00")
    assert not holding([])(b"x")


@pytest.mark.parametrize("size", [0, 1, 40, 3_000, 300_000])
def test_marks_have_the_length_of_what_they_replace(tmp_path: Path, size: int) -> None:
    headers = {
        "WARC-Record-ID": "<urn:uuid:00000000-0000-4000-8000-000000000001>",
        "WARC-Target-URI": "https://a.example/",
        "WARC-Date": "2026-01-01T00:00:00.000000Z",
        "Content-Type": "application/http; msgtype=response",
    }
    block = b"HTTP/1.1 200 OK\r\n\r\n" + bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    members = [warc._member("response", {**headers, "WARC-Record-ID": f"<urn:uuid:{n}>"}, block) for n in range(3)]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(members))
    told = {len(members[0]): (len(members[1]), "<urn:uuid:1>", {"payload-digest": "sha1:AAAA"})}
    assert warc.destroy_records(path, told) == 1
    assert warc.destroy_records(path, told) == 0
    data = path.read_bytes()
    assert len(data) == sum(map(len, members))
    assert data.startswith(members[0])
    assert data.endswith(members[2])
    records = [record for record in read_segment(path) if not isinstance(record, int)]
    assert [is_mark(record) for record in records] == [False, True, False]
    assert [record.place.record_id for record in records] == [f"<urn:uuid:{n}>" for n in range(3)]
    assert block not in gzip.GzipFile(fileobj=io.BytesIO(data)).read()[len(block) + 500 : -len(block) - 500] or size < 2
    with pytest.raises(StorageError, match="another record lies"):
        warc.destroy_records(path, {0: (len(members[0]), "<urn:uuid:9>", {})})
    assert takedowns.LEVELS == LEVELS
