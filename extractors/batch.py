"""Many pages at once, no archive: lines of JSON in, lines of JSON out, in the same order.

In: {"id", "url", "html" or "path"}, a path being relative to the file of lines; pages may be gzipped. Out: {"id",
"text", "title", "author", "date", "published", "comments": [{"id", "author", "date", "parent", "text"}], "platform",
"removed", "cpu_ms"}, or {"id", "error"} for a line that gives no page. "published" is the moment in UTC, null where
the page tells none; "date" is the day in the page's own zone, then that of the last change if it tells such a one.

Where the lines hold five pages or more of one site ("site", else the host of "url"), what repeats on them is learnt
first (extractors/profile.py): the file is read three times then, and the pages of such sites are parsed twice.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import shutil
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TextIO

from extractors.profile import MOST_PAGES, Sample, SiteProfile, learn_sites, sample, site_of, worth_learning
from variorum.errors import UsageError, VariorumError
from variorum.records import Comment, Page
from variorum.times import to_rfc3339

Answer = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # a batch has no time of capture; nothing that it prints depends on one
_MOST_BYTES = 64 * 2**20  #: of one page, unpacked: what is larger is refused, not cut
_CHUNK = 8  #: lines that a process takes at a time
_AHEAD = 64  #: chunks that may wait: bounds the memory, however long the file of lines


class Asked(NamedTuple):
    """A line to be answered."""

    number: int
    line: bytes
    profile: SiteProfile | None


WorkOn = Callable[[Callable[[Asked], Any], Iterator[Asked]], Iterator[Any]]


class Done(NamedTuple):
    """How many lines gave a page, and how many an error."""

    done: int
    failed: int


def run(in_path: str | Path, out_path: str | Path | None, jobs: int = 1, *, memory: bool = True) -> Done:
    """Extract every page that the lines of a file name.

    Args:
        in_path: File of lines.
        out_path: Where the answers go; None is standard output.
        jobs: Processes.
        memory: Learn from the pages of each site what repeats on them, and cut it.

    Raises:
        UsageError: A file cannot be read or written.
    """
    source = Path(in_path)
    try:
        with rereadable(source) as lines, _sink(out_path) as sink:
            counts = [0, 0]
            for answer in extract_lines(lines, source.parent, jobs, memory=memory):
                sink.write(answer + "\n")
                counts[answer_failed(answer)] += 1
            sink.flush()
    except OSError as error:
        raise UsageError(f"{error.filename or in_path}: {error.strerror}") from error
    return Done(*counts)


def answer_failed(answer: str) -> bool:
    """Return whether a line of answers tells an error."""
    return '"error": ' in answer and "error" in json.loads(answer)


def _sink(path: str | Path | None) -> AbstractContextManager[TextIO]:
    return nullcontext(sys.stdout) if path is None else Path(path).open("w", encoding="utf-8")


@contextmanager
def rereadable(path: Path) -> Iterator[BinaryIO]:
    """Open a file of lines so that it can be read again from its start; a pipe is copied to a file first."""
    with path.open("rb") as file:
        if file.seekable():
            yield file
            return
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            copy.seek(0)
            yield copy


def extract_lines(lines: BinaryIO, folder: Path, jobs: int = 1, *, memory: bool = True) -> Iterator[str]:
    """Yield one line of JSON for every line that is not blank, in order.

    Args:
        lines: UTF-8, at their start; they are read again.
        folder: What relative paths start from.
        jobs: Processes; 1 works in this one.
        memory: As in `run`.
    """
    with _workers(jobs) as work_on:
        profiles = learn_profiles(lines, folder, work_on) if memory else {}
        lines.seek(0)
        asked = (
            Asked(number, line, profiles.get(_site_of_line(line)) if profiles else None) for number, line in said(lines)
        )
        yield from work_on(partial(_answer, folder=folder), asked)


def learn_profiles(lines: BinaryIO, folder: Path, work_on: WorkOn) -> dict[str, SiteProfile]:
    """Return the profile of every site that the lines hold pages enough of."""
    lines.seek(0)
    sites = worth_learning(_site_of_line(line) for _, line in said(lines))
    if not sites:
        return {}
    lines.seek(0)
    learnt: Counter[str] = Counter()

    def wanted() -> Iterator[Asked]:
        for number, line in said(lines):
            site = _site_of_line(line)
            if site in sites and learnt[site] < MOST_PAGES:
                learnt[site] += 1
                yield Asked(number, line, None)

    return learn_sites(found for found in work_on(partial(_sampled, folder=folder), wanted()) if found is not None)


def said(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers from 1."""
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


@contextmanager
def _workers(jobs: int) -> Iterator[WorkOn]:
    """Give a `map` that keeps the order, in this process or in several."""
    if jobs <= 1:
        yield map
        return
    # spawn, not fork: the caller may have threads, and a fork copies their locks
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:

        def work_on(work: Callable[[Asked], Any], asked: Iterator[Asked]) -> Iterator[Any]:
            while window := list(islice(asked, _CHUNK * _AHEAD)):
                yield from pool.imap(work, window, _CHUNK)

        yield work_on


def _site_of_line(line: bytes) -> str:
    try:
        return site_of(_record(line)) or ""
    except UsageError:
        return ""


def _sampled(asked: Asked, folder: Path) -> tuple[str, Sample] | None:
    """Return the site of a page and the sample of its lines; None for a page that gives an error below."""
    from extractors.document import parse
    from extractors.template import lines_of

    try:
        record = _record(asked.line)
        body = _body(record, folder)
        return site_of(record) or "", sample(lines_of(parse(body, str(record.get("url") or "about:blank"), None)))
    except Exception:  # noqa: BLE001 - one page must not stop the others; its own answer names what broke
        return None


def extract_one(record: Answer, body: bytes, profile: SiteProfile | None = None) -> Answer:
    """Return the answer for one page.

    Args:
        record: The line: "id" and "url" are read.
        body: Bytes of the page, unpacked.
        profile: Of the site.
    """
    from extractors.document import parse
    from extractors.page import extract_page

    started = time.process_time()
    document = parse(body, str(record.get("url") or "about:blank"), None)
    page = extract_page(document, captured_at=_EPOCH, profile=profile)
    return {"id": record.get("id"), **_told(page), "cpu_ms": round(1000 * (time.process_time() - started), 2)}


def _told(page: Page) -> Answer:
    published = to_rfc3339(page.published) if page.published else None
    day = page.published_on or page.published or page.modified
    return {
        "text": page.text,
        "title": page.title,
        "author": "; ".join(person.name for person in page.authors) or None,
        "date": day.isoformat()[:10] if day else None,
        "published": published,
        "comments": [_told_comment(comment) for comment in (page.thread.comments if page.thread else ())],
        "platform": page.platform,
        "removed": len(page.removed),
    }


def _told_comment(comment: Comment) -> Answer:
    return {
        "id": comment.native_id,
        "author": comment.author,
        "date": to_rfc3339(comment.published) if comment.published else None,
        "parent": comment.parent_id,
        "text": comment.text,
    }


def _answer(asked: Asked, folder: Path) -> str:
    number, line, profile = asked
    ident: object = None
    try:
        record = _record(line)
        ident = record.get("id")
        answer = extract_one(record, _body(record, folder), profile)
    except VariorumError as error:
        answer = {"id": ident, "error": f"line {number}: {error}"}
    except Exception as error:  # noqa: BLE001 - one page must not stop the others; the answer names what broke
        answer = {"id": ident, "error": f"line {number}: {type(error).__name__}: {error}"}
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def _record(line: bytes) -> Answer:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"no JSON: {error}") from error
    if not isinstance(record, dict):
        raise UsageError('no object: write {"id": …, "url": …, "html": …}')
    return record


def _body(record: Answer, folder: Path) -> bytes:
    html, path = record.get("html"), record.get("path")
    if isinstance(html, str):
        # the line holds text: a byte order mark says so louder than what the page claims of its bytes
        return b"\xef\xbb\xbf" + html.encode("utf-8", "replace")
    if not isinstance(path, str):
        raise UsageError('neither "html" nor "path" tells where the page is')
    try:
        with (folder / path).open("rb") as file:
            body = file.read(_MOST_BYTES + 1)
        if body.startswith(b"\x1f\x8b"):
            with gzip.open(folder / path) as packed:
                body = packed.read(_MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    if len(body) > _MOST_BYTES:
        raise UsageError(f"{path} holds more than {_MOST_BYTES:,} bytes")
    return body
