"""The extractor on pages that nobody would write: a sample of benchmarks/fuzz.py, and pages of absurd sizes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import fuzz

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
SECONDS = 5.0


@pytest.mark.parametrize("start", range(0, 30, 10))
def test_mutated_pages_keep_all_promises(start: int) -> None:
    recorded = [path.read_text("utf-8") for path in sorted(GOLDEN.rglob("*.html"))]
    for number in range(start, start + 10):
        verdict = fuzz.judge(fuzz.case(number, recorded), limit=SECONDS, again=True)
        assert (number, verdict.problems) == (number, ())


def test_a_page_has_the_same_bytes_whenever_it_is_made() -> None:
    assert fuzz.case(7) == fuzz.case(7)
    assert len({fuzz.case(number).body for number in range(20)}) == 20


def test_a_broken_promise_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    page = fuzz.read(fuzz.Case(b"<title>e</title><p>words", "https://blog.example/", None))
    assert fuzz.broken(page) == []
    monkeypatch.setattr(fuzz, "clean", lambda text: 1 / 0)
    verdict = fuzz.judge(fuzz.case(7), limit=SECONDS)
    assert "ZeroDivisionError" in verdict.problems[0] and "test_fuzz.py" in verdict.problems[0]


def test_records_are_the_same_in_every_process_and_order() -> None:
    told = {
        subprocess.run(
            [sys.executable, ROOT / "benchmarks" / "fuzz.py", "--count", "20", "--digest", "--shuffle", seed],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(told) == 1


# ------------------------------------------------------------------------------------------------ absurd sizes
PROSE = "<p>Paragraph {} says what the harbour master wrote on that grey morning.</p>"
WORDPRESS = (
    "<li id=comment-{0} class=comment><b class=fn>Ann {0}</b><div class=comment-content><p>Words {0}.</p></div></li>"
)
NESTED = "<ul class=children><li id=comment-{0} class=comment><b class=fn>Ann</b><div class=comment-content>Words</div>"
PAGES = {
    "50 MB": lambda: "<h1>T</h1>" + "".join(PROSE.format(n) for n in range(650_000)),
    "50 MB in one paragraph": lambda: "<p>" + "some more words " * 3_200_000,
    "50 MB of nothing": lambda: "<" * 50_000_000,
    "100,000 nested tags": lambda: "".join(f"<div>w{n} " for n in range(100_000)),
    "100,000 nested tables": lambda: "<table><tr><td>x" * 100_000,
    "50,000 comments": lambda: (
        PROSE + "<ol class=commentlist>" + "".join(WORDPRESS.format(n) for n in range(50_000)) + "</ol>"
    ),
    "50,000 nested comments": lambda: PROSE + "<div id=comments>" + "".join(NESTED.format(n) for n in range(50_000)),
    "50,000 widgets": lambda: "<p>" + "<span class=sharedaddy>s</span>some words behind it " * 50_000,
    "20,000 entries": lambda: "".join(f"<div class=hentry><h2>T</h2>{PROSE.format(n)}</div>" for n in range(20_000)),
    "20,000 bylines": lambda: "".join(
        f"<div><b>Ann {n}</b> <i>May 3, 2024</i><p>Hello {n}</p></div>" for n in range(20_000)
    ),
    "2,000 wrappers of 20,000 dates": lambda: (
        "<div class=date>" * 2000 + "".join(f"<span class=date>{n} x</span>" for n in range(20_000))
    ),
}
_READ = """
import resource, sys, time
from benchmarks import fuzz
source = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.process_time()
page = fuzz.read(fuzz.Case(source, "https://blog.example/a-post/", "text/html"))
spent = time.process_time() - started
peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
print(spent, peak, len(page.thread.comments) if page.thread else 0, *page.warnings, sep="\\n")
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_absurd_sizes_end_in_bounded_time_and_memory(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _READ],
        input=PAGES[name]().encode(),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        timeout=300,
    )
    seconds, megabytes, comments, *warnings = done.stdout.decode().splitlines()
    assert float(seconds) < 45
    assert int(megabytes) < 2500
    assert bool(warnings) == (name not in ("50,000 comments", "50,000 widgets")), warnings  # they are read whole
    if name == "50,000 comments":
        assert int(comments) == 50_000
