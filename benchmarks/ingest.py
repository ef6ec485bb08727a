"""CPU of the whole main job beside bare trafilatura on the same pages, in one run.

    python benchmarks/ingest.py URL

URL is a blog that may be fetched without pause, such as one of the platform lab:
`lab.py start wordpress --name bench --posts 200`. Prints pages per CPU second, the overhead beyond extraction, and what
an unchanged second ingest costs. Making the database and importing modules are told apart: they are paid once.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura

from flows import steps
from storage.archive import Archive
from variorum.settings import Settings


def cpu_of(work: Callable[[], object]) -> float:
    """Return the CPU seconds, user and system, that this process spends on *work*."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main(url: str) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        archive = str(Path(folder) / "archive")
        made = cpu_of(lambda: Archive.open(archive, create=True).close())
        first = cpu_of(lambda: steps.ingest(archive, url, Settings()))
        again = cpu_of(lambda: steps.ingest(archive, url, Settings()))
        full = cpu_of(lambda: steps.ingest(archive, url, Settings(), full=True))
        pages = html_of(archive)
        text = cpu_of(lambda: [trafilatura.extract(page, include_comments=False) for page in pages])
        whole = cpu_of(lambda: [trafilatura.bare_extraction(page, with_metadata=True) for page in pages])
    print(f"{len(pages)} HTML pages; database made in {made:.2f} s")
    print(f"{'':<46}{'CPU s':>8}{'pages / CPU s':>15}")
    for name, spent in (
        ("whole ingest: fetch, WARC, extract, archive", first),
        ("the same again, every page fetched (--full)", full),
        ("the same again, unchanged", again),
        ("bare trafilatura, text alone", text),
        ("bare trafilatura, comments and metadata", whole),
    ):
        print(f"{name:<46}{spent:>8.2f}{len(pages) / spent:>15.0f}")
    print(f"overhead beyond bare trafilatura (text alone): {first / text - 1:+.0%}; bar: 50 %")
    print(f"unchanged ingest: {again / first:.3f} of the first; bar: 0.1")


def html_of(archive: str) -> list[str]:
    """Return the HTML of the posts and comment pages that were fetched."""
    with Archive.open(archive) as opened:
        rows = opened.database.all(
            "SELECT DISTINCT capture_id FROM visit WHERE role IN ('page', 'thread') AND status = 200"
        )
        return [opened.body(row["capture_id"]).body.decode("utf-8", "replace") for row in rows]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
