"""Tools that nobody of this project wrote read the WARC files, and show the pages that the archive quotes."""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import re
import socket
import subprocess
import sys
import time
import unicodedata
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from flows import steps
from storage.archive import Archive
from variorum.settings import Settings

pytestmark = [pytest.mark.lab, pytest.mark.slow]

LEAST = 10  #: captures that must have been replayed
_HIDDEN = ("script", "style")


@dataclass(frozen=True)
class Stored:
    """One record as warcio reads it."""

    kind: str
    headers: dict[str, str]
    block: bytes


@pytest.fixture(scope="module")
def archive(wordpress_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the lab's WordPress, every page of it fetched twice."""
    folder = tmp_path_factory.mktemp("replay") / "archive"
    for full in (False, True):
        assert steps.ingest(str(folder), wordpress_url, Settings(), full=full).failed == ()
    return folder


@pytest.fixture(scope="module")
def stored(archive: Path) -> list[Stored]:
    return [record for path in segments(archive) for record in read(path)]


@pytest.fixture(scope="module")
def collection(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a pywb collection that holds the archive's segments."""
    tools = Path(os.environ["VARIORUM_PYWB"])
    home = tmp_path_factory.mktemp("pywb")
    for command in (["init", "lab"], ["add", "lab", *map(str, segments(archive))]):
        subprocess.run([str(tools / "wb-manager"), *command], cwd=home, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (home / "log").open("wb") as log:
        command = [str(tools / "wayback"), "--bind", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(command, cwd=home, stdout=log, stderr=log)
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}/lab"
    finally:
        process.kill()
        process.wait()


def test_warcio_finds_every_segment_sound(archive: Path) -> None:
    assert len(segments(archive)) == 2  # one for each process or run
    for path in segments(archive):
        done = _warcio_check(path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_warcio_would_find_a_false_byte(archive: Path, tmp_path: Path) -> None:
    """Show that the check above can fail: one letter of one digest, and it does."""
    whole = gzip.decompress(segments(archive)[0].read_bytes())
    found = re.search(rb"WARC-Payload-Digest: sha1:(.)", whole)
    assert found is not None
    letter = b"A" if found[1] != b"A" else b"B"
    false = tmp_path / "false.warc"
    false.write_bytes(whole[: found.start(1)] + letter + whole[found.end(1) :])
    assert _warcio_check(false).returncode != 0


def test_records_are_of_four_kinds_and_named_by_uuid(stored: list[Stored]) -> None:
    kinds = Counter(record.kind for record in stored)
    assert kinds.keys() == {"warcinfo", "request", "response", "revisit"}
    assert kinds["request"] == kinds["response"] + kinds["revisit"]
    names = [record.headers["WARC-Record-ID"] for record in stored]
    assert [name for name in names if not re.fullmatch(r"<urn:uuid:[0-9a-f-]{36}>", name)] == []
    assert len(set(names)) == len(names)


def test_every_response_has_the_payload_that_its_digest_tells(stored: list[Stored]) -> None:
    responses = [record for record in stored if record.kind == "response"]
    false = [record.headers for record in responses if record.headers["WARC-Payload-Digest"] != _payload_digest(record)]
    assert false == []
    assert len(responses) > 30  # the lab's WordPress has 30 posts


def test_revisits_refer_to_responses_and_a_304_holds_no_message(stored: list[Stored]) -> None:
    responses = {record.headers["WARC-Record-ID"]: record for record in stored if record.kind == "response"}
    revisits = [record for record in stored if record.kind == "revisit"]
    profiles = Counter(record.headers["WARC-Profile"].rpartition("/")[2] for record in revisits)
    assert profiles.keys() == {"identical-payload-digest", "server-not-modified"}
    assert profiles["identical-payload-digest"] > 10
    for revisit in revisits:
        original = responses[revisit.headers["WARC-Refers-To"]]
        assert revisit.headers["WARC-Refers-To-Target-URI"] == original.headers["WARC-Target-URI"]
        assert revisit.headers["WARC-Refers-To-Date"] == original.headers["WARC-Date"]
        assert revisit.headers["WARC-Payload-Digest"] == original.headers["WARC-Payload-Digest"]
        if revisit.headers["WARC-Profile"].endswith("server-not-modified"):
            assert (revisit.block, revisit.headers.get("Content-Type")) == (b"", None)
        else:
            assert revisit.block.startswith(b"HTTP/1.")
            assert revisit.block.endswith(b"\r\n\r\n")


@pytest.mark.pywb
def test_pywb_shows_the_archived_text(archive: Path, collection: str) -> None:
    """Every post at both of its visits, as it came (`id_`) and as a reader is shown it (`mp_`)."""
    shown = 0
    for url, text, times in captures(archive):
        assert len(times) == 2, f"{url} was not visited twice"
        for at in times:
            for form in ("id_", "mp_"):
                page, memento_at = _replay(f"{collection}/{at:%Y%m%d%H%M%S}{form}/{url}")
                assert memento_at == at.replace(microsecond=0), f"{url}: pywb shows another capture"
                assert letters(text)[:80] in letters(visible(page)), f"{url} at {at}, {form}"
            shown += 1
    assert shown >= LEAST
    print(f"pywb replays {shown} captures, each holds the archived text")


def captures(archive: Path) -> list[tuple[str, str, list[datetime]]]:
    """Return address, text and times of visits of every post that has a text."""
    with Archive.open(archive) as opened:
        found = []
        for work in opened.works(work_type="post"):
            version = opened.version_at(work.id)
            if version is not None and version.text:
                visits = opened.visits(work.id, limit=None)
                times = [visit.requested_at for visit in visits if visit.url == work.url and visit.role == "page"]
                found.append((work.url, version.text, sorted(times)))
        return found


def segments(archive: Path) -> list[Path]:
    """Return the WARC files of an archive."""
    return sorted((archive / "warc").glob("*.warc.gz"))


def read(path: Path) -> Iterator[Stored]:
    """Yield the records of a segment, their blocks untouched."""
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, no_record_parse=True):
            headers = dict(record.rec_headers.headers)
            yield Stored(record.rec_type, headers, record.raw_stream.read())


def letters(text: str) -> str:
    """Return the letters and digits of a text: blanks and markup between them are not what is judged."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text))


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden += tag in _HIDDEN

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in _HIDDEN

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def visible(page: str) -> str:
    """Return the text of a page without scripts and styles."""
    parser = _Visible()
    parser.feed(page)
    return "".join(parser.parts)


def _warcio_check(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "warcio.cli", "check", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _payload_digest(record: Stored) -> str:
    _, _, payload = record.block.partition(b"\r\n\r\n")
    return "sha1:" + base64.b32encode(hashlib.sha1(payload).digest()).decode()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "pywb ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("pywb does not answer")


def _replay(url: str) -> tuple[str, datetime]:
    """Return a page as pywb shows it, and of when it says that it is."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read().decode("utf-8"), parsedate_to_datetime(answer.headers["Memento-Datetime"])
    except urllib.error.HTTPError as error:
        pytest.fail(f"pywb answers {error.code} for {url}")
