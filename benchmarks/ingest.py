"""CPU of the whole main job beside bare trafilatura on the same pages, in one run.

    python benchmarks/ingest.py URL [ROUNDS]

URL is a blog that may be fetched without pause, such as one of the platform lab:
`lab.py start wordpress --name bench --posts 200`. Prints pages per CPU second, the overhead beyond extraction, and what
an unchanged second ingest costs. What is compared is measured in turns, ROUNDS times (5), and the medians are shown,
with the least and the most overhead of any one round: a busy machine slows both, but not always in the same second.
Making the database and importing modules are told apart: they are paid once.

An ingest reads each page right after the server, on the same cores, has made it and taken the processor's caches: the
same code takes a quarter longer then, and more. Trafilatura is measured in the same circumstances, each page fetched
again just before (fetching is not counted), and once more in one go over pages that lie in memory.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median

import trafilatura

from flows import steps
from storage.archive import Archive
from variorum.settings import Settings

FIRST = "whole ingest: fetch, WARC, extract, archive"
FULL = "the same again, every page fetched (--full)"
AGAIN = "the same again, unchanged"
TEXT = "bare trafilatura, text alone"
WHOLE = "bare trafilatura, comments and metadata"
IN_ONE_GO = "bare trafilatura, text alone, in one go"
MADE = "the database made"


def cpu_of(work: Callable[[], object]) -> float:
    """Return the CPU seconds, user and system, that this process spends on *work*."""
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(url: str) -> tuple[int, dict[str, float]]:
    """Return the number of HTML pages, and the CPU seconds of every job, each done once on a new archive."""
    with tempfile.TemporaryDirectory() as folder:
        archive = str(Path(folder) / "archive")
        spent = {MADE: cpu_of(lambda: Archive.open(archive, create=True).close())}
        spent[FIRST] = cpu_of(lambda: steps.ingest(archive, url, Settings()))
        pages = html_of(archive)
        spent[TEXT] = as_they_come(pages, text_of)
        spent[WHOLE] = as_they_come(pages, partial(trafilatura.bare_extraction, with_metadata=True))
        spent[IN_ONE_GO] = cpu_of(lambda: [text_of(page) for page in pages.values()])
        spent[AGAIN] = cpu_of(lambda: steps.ingest(archive, url, Settings()))
        spent[FULL] = cpu_of(lambda: steps.ingest(archive, url, Settings(), full=True))
    return len(pages), spent


def text_of(page: str) -> str | None:
    """Return what trafilatura takes for the text of a page."""
    return trafilatura.extract(page, include_comments=False)


def as_they_come(pages: Mapping[str, str], read: Callable[[str], object]) -> float:
    """Return the CPU seconds of reading each page right after the server has made it once more."""
    spent = 0.0
    for url, page in pages.items():
        with urllib.request.urlopen(url) as answer:
            answer.read()
        spent += cpu_of(partial(read, page))
    return spent


def main(url: str, rounds: int) -> None:
    """Measure and print."""
    measure(url)  # imports and compiled expressions are paid by neither side
    found = [measure(url) for _ in range(rounds)]
    pages = found[0][0]
    spent = {name: median(times[name] for _, times in found) for name in found[0][1]}
    print(f"{pages} HTML pages, {rounds} rounds; database made in {spent[MADE]:.2f} s")
    print(f"{'':<46}{'CPU s':>8}{'pages / CPU s':>15}")
    for name in (FIRST, FULL, AGAIN, TEXT, WHOLE, IN_ONE_GO):
        print(f"{name:<46}{spent[name]:>8.2f}{pages / spent[name]:>15.0f}")
    for other, bar in ((TEXT, ""), (WHOLE, ""), (IN_ONE_GO, "; bar: 50 %")):
        overheads = [times[FIRST] / times[other] - 1 for _, times in found]
        print(
            f"overhead beyond {other}: {median(overheads):+.0%} ({min(overheads):+.0%} to {max(overheads):+.0%}){bar}"
        )
    again = median(times[AGAIN] / times[FIRST] for _, times in found)
    print(f"unchanged ingest: {again:.3f} of the first; bar: 0.1")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def html_of(archive: str) -> dict[str, str]:
    """Return the HTML of the posts and comment pages that were fetched, by address."""
    with Archive.open(archive) as opened:
        rows = opened.database.all(
            "SELECT url, max(capture_id) AS capture FROM visit WHERE role IN ('page', 'thread') AND status = 200 "
            "GROUP BY url"
        )
        return {row["url"]: opened.body(row["capture"]).body.decode("utf-8", "replace") for row in rows}


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 5)
