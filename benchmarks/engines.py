"""The same made-up blog in SQLite and in PostgreSQL: what writing and asking cost on either.

    python benchmarks/engines.py --database postgresql://… [--posts 2000]

Prints CPU of this process (the server's own comes on top) and wall time, per item or at p50/p95 of 200 questions. The
database must be empty. Words are drawn by Zipf's law from a seed.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from storage.archive import Archive
from variorum.records import Content, Decision, Exchange, Visit, Witness, WorkUpdate

HOME = "https://blog.example/"
START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS, COMMENTS, BATCH, QUESTIONS = 800, 10, 100, 200
Spent = dict[str, tuple[float, float]]


class Maker:
    """Makes texts of words of a made-up language, the same ones for a seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.words = ["".join(self.dice.choices("aeioulmnrst", k=self.dice.randint(2, 9))) for _ in range(30_000)]
        self._weights = [1 / rank for rank in range(1, len(self.words) + 1)]

    def text(self, words: int) -> str:
        """Return a text of so many words."""
        return " ".join(self.dice.choices(self.words, self._weights, k=words))


def main() -> None:
    """Measure both engines and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--database", required=True, help="address of an empty PostgreSQL database")
    parser.add_argument("--posts", type=int, default=2_000)
    args = parser.parse_args()
    rows = []
    for database in ("", args.database):
        os.environ["VARIORUM_DATABASE"] = database
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measure(Path(folder), args.posts))
    print(f"{'ms, CPU of the client / wall':<34}{'SQLite':>24}{'PostgreSQL':>24}")
    for name in rows[0]:
        print(f"{name:<34}" + "".join(f"{row[name][0]:>14.3f} /{row[name][1]:>8.3f}" for row in rows))


def measure(folder: Path, posts: int) -> Spent:
    """Write a blog into a new archive and ask it; return name → CPU and wall, in milliseconds."""
    spent: Spent = {}
    maker = Maker(2026)
    with Archive.open(folder, create=True) as archive, archive.writer() as writer:
        source = writer.add_source(HOME)
        run = writer.begin_run(source.id, "ingest")
        for first in range(0, posts, BATCH):
            numbers = range(first, min(first + BATCH, posts))
            sent = [exchange(f"{HOME}{number}/", maker.text(WORDS)) for number in numbers]
            with clock(spent, "keep an exchange", posts):
                visits = writer.keep(run, source.id, sent)
            pages = list(zip(numbers, visits, strict=True))
            made = [update(source.id, visit, str(number), maker.text(WORDS)) for number, visit in pages]
            with clock(spent, "write a new post", posts):
                writer.write(run, made, extractor="made 1 0")
            made = [
                update(source.id, visit, f"{number}-{comment}", maker.text(30), post=str(number))
                for number, visit in pages
                for comment in range(COMMENTS)
            ]
            with clock(spent, "write a new comment", posts * COMMENTS):
                writer.write(run, made, extractor="made 1 0")
        writer.database.run("ANALYZE")  # as a server does by itself within minutes
        ask(archive, maker, posts, spent)
    return spent


def ask(archive: Archive, maker: Maker, posts: int, spent: Spent) -> None:
    """Put each kind of question many times; keep its median and its 95th percentile."""
    some = [maker.dice.randint(1, posts) for _ in range(QUESTIONS)]
    words = maker.dice.choices(maker.words[50:5_000], k=QUESTIONS)
    last = archive.last_seq()
    kinds: dict[str, Callable[[int], object]] = {
        "find a post by its address": lambda n: archive.find_work(f"{HOME}{some[n]}/"),
        "its history": lambda n: archive.versions(some[n]),
        "its thread": lambda n: archive.thread(some[n], limit=200),
        "100 records of the change feed": lambda n: list(archive.changes(some[n] * last // (posts + 1), limit=100)),
        "search a word": lambda n: archive.search(words[n]),
        "search two words": lambda n: archive.search(f"{words[n]} {words[n - 1]}"),
        "search a common word": lambda n: archive.search(maker.words[n % 5]),
        "search a phrase": lambda n: archive.search(f'"{maker.words[n % 40]} {maker.words[n % 7]}"'),
    }  # fmt: skip
    for name, question in kinds.items():
        times = []
        for number in range(QUESTIONS):
            told: Spent = {}
            with clock(told, ""):
                question(number)
            times.append(told[""])
        for share, at in (("p50", 49), ("p95", 94)):
            cpu, wall = (statistics.quantiles(values, n=100)[at] for values in zip(*times, strict=True))
            spent[f"{name}, {share}"] = cpu, wall


@contextmanager
def clock(spent: Spent, name: str, items: int = 1) -> Iterator[None]:
    """Add CPU and wall of the block to *spent*, in milliseconds for each of so many items in all."""
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    before = spent.get(name, (0.0, 0.0))
    spent[name] = (before[0] + 1e3 * cpu / items, before[1] + 1e3 * wall / items)


def exchange(url: str, text: str) -> Exchange:
    """Return an answer that holds a text."""
    body = f"<p>{text}</p>".encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return Exchange(
        url=url, role="page", requested_at=START, duration_s=0.1, request=b"GET / HTTP/1.1\r\n\r\n",
        response=head + body, status=200, headers=(("Content-Type", "text/html"),), body=body, address="192.0.2.1",
    )  # fmt: skip


def update(source_id: int, visit: Visit, native_id: str, text: str, *, post: str | None = None) -> WorkUpdate:
    """Return the news of a post, or of a comment on *post*, that was never seen before."""
    digest = sha256(text.encode()).hexdigest()
    told = {"text_sha256": digest, "fingerprint": digest[:32], "meta": {"lang": "en"}}
    captures = (visit.capture_id,) if visit.capture_id is not None else ()
    return WorkUpdate(
        source_id=source_id,
        work_id=None,
        work_type="post" if post is None else "comment",
        native_id=native_id,
        url=visit.url,
        observed_at=START + timedelta(hours=1),
        decision=Decision(
            kind="first",
            content=Content(title="A title", text=text, markdown=text, **told),
            witnesses=(Witness(kind="html", capture_ids=captures, extractor="made/1", **told),),
        ),
        visit_ids=(visit.id,),
        state="open",
        post_native_id=post,
    )


if __name__ == "__main__":
    main()
