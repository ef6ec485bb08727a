"""How the archive answers when it is large: a made-up archive of any size, and what its questions and writes cost.

    python benchmarks/scale.py FOLDER [--posts 1000000] [--samples 300]

Makes an archive in FOLDER by a seeded generator, unless one of that size is there: for each post two versions, five
visits and ten comments on average (most posts have few, some thousands), a fiftieth in Japanese, a thousand posts a
source. Rows are written in bulk, in the form that the writer gives them; the digests in events are made up. Then every
question is put to it at random places, and the writer adds, edits and sees again posts with comments. Prints bytes by
table and CPU and wall time per question, median and 95th percentile; the file is dropped from the cache of the system
first where that is allowed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from storage.archive import Archive
from storage.contents import folded
from storage.engines import fulltext
from storage.engines.database import marks
from storage.engines.sqlite import sqlite3
from storage.proof.sums import SEEN, SUMMED
from storage.reading import to_text
from storage.search import Filter, search
from variorum.records import Content, Decision, Witness, WorkUpdate

BEGIN = datetime(2015, 1, 1, tzinfo=UTC)
PER_SOURCE = 1000
BATCH = 2000
MOST_COMMENTS = 5000
COLUMNS: dict[str, tuple[str, ...]] = {}
BAR_MS = 50.0


# ------------------------------------------------------------------------------------------------ words
class Words:
    """Text out of a vocabulary of 20,000 made-up words by Zipf's law, and Japanese out of a few hundred signs."""

    def __init__(self, chance: random.Random) -> None:
        syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "or", "is")]
        pairs = [first + second for first in syllables for second in syllables]
        self.vocabulary = [*syllables, *pairs, *(pair + last for pair in pairs for last in ("ka", "lon"))][:20_000]
        chance.shuffle(self.vocabulary)
        self.weights = [1 / (rank + 3) for rank in range(len(self.vocabulary))]
        self.signs = (
            "のはをにがでとも庭花木山川空海人日月年時雨雪春夏秋冬朝夜道家町村駅店本話歌色音光風火水土石草葉根実"
        )
        self.sentences = [self._sentence(chance) for _ in range(60_000)]
        self.japanese = ["".join(chance.choices(self.signs, k=chance.randint(8, 40))) + "。" for _ in range(4_000)]

    def _sentence(self, chance: random.Random) -> str:
        told = chance.choices(self.vocabulary, self.weights, k=chance.randint(5, 22))
        return " ".join(told).capitalize() + "."

    def text(self, chance: random.Random, sentences: int, japanese: bool) -> str:
        pool = self.japanese if japanese else self.sentences
        picked = [pool[int(chance.random() * len(pool))] for _ in range(sentences)]
        return "\n".join(" ".join(picked[at : at + 4]) for at in range(0, len(picked), 4))


# ------------------------------------------------------------------------------------------------ rows
def comments_of(chance: random.Random) -> int:
    """A heavy tail whose mean is about ten."""
    return min(MOST_COMMENTS, int(3.2 * (chance.paretovariate(1.3) - 0.9)))


class Maker:
    """Makes rows, post by post."""

    def __init__(self, connection: sqlite3.Connection, posts: int) -> None:
        self.connection = connection
        self.posts = posts
        self.chance = random.Random(7)
        self.words = Words(self.chance)
        self.rows: dict[str, list[tuple[Any, ...]]] = {}
        self.seq = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0]
        self.work = self.version = self.visit = self.capture = 0
        self.before: dict[str, Any] = {}  # the version made last

    def put(self, table: str, row: dict[str, Any]) -> None:
        digest = (self.visit + self.version) * 0x9E3779B97F4A7C15
        if table in SUMMED:
            row["row_sum"] = digest % 2**63
        if table in SEEN:
            row["seen_sum"] = digest % 2**32
        COLUMNS.setdefault(table, tuple(row))
        self.rows.setdefault(table, []).append(tuple(row.values()))

    def flush(self) -> None:
        self.connection.execute("BEGIN")
        for table, rows in self.rows.items():
            holes = ", ".join("?" * len(COLUMNS[table]))
            self.connection.executemany(f"INSERT INTO {table} ({', '.join(COLUMNS[table])}) VALUES ({holes})", rows)
        self.connection.execute("COMMIT")
        self.rows.clear()

    def make(self) -> None:
        self._sources()
        started = time.process_time()
        for number in range(self.posts):
            self._post(number)
            if number % BATCH == BATCH - 1:
                self.flush()
            if number % 20_000 == 19_999:
                print(
                    f"  {number + 1:,} posts, {self.work:,} works, {time.process_time() - started:.0f} s",
                    file=sys.stderr,
                )
        self.flush()

    def _sources(self) -> None:
        self.connection.execute("INSERT INTO extractor VALUES (1, 'variorum 0.1.0 0123456789abcdef', ?)", [at(0)])
        for source in range(1, self.posts // PER_SOURCE + 2):
            home = f"https://blog{source}.example/"
            told = (source, f"blog{source}.example", home, f"Blog {source}", "wordpress", "{}", None, at(0), at(9e7))
            self.connection.execute(f"INSERT INTO source VALUES ({', '.join('?' * 9)})", told)
            run = (source, source, "ingest", "host:1", at(0), at(60), None, None)
            self.connection.execute(f"INSERT INTO run VALUES ({', '.join('?' * 8)})", run)

    def _post(self, number: int) -> None:
        chance, source = self.chance, number // PER_SOURCE + 1
        japanese = number % 50 == 0
        url = f"https://blog{source}.example/{2015 + number % 10}/post-{number}/"
        begin = number % PER_SOURCE * 3e5 + source
        first = self.words.text(chance, chance.randint(4, 60), japanese)
        second = first.replace(" ", " " + self.words.vocabulary[number % 20_000] + " ", 1)
        title = self.words.text(chance, 1, japanese)[:80]
        visits = [self._visit(source, url, begin + day * 86_400, fresh=day in (0, 40)) for day in (0, 1, 9, 40, 90)]
        post = self._work(source, "post", str(number), url, begin, versions=2, comments='{"complete":true,"seen":9}')
        lang = "ja" if japanese else "en"
        self._version(post, source, 1, "first", title, first, url, begin, visits[0], lang, last=begin + 9 * 86_400)
        self._version(post, source, 2, "source", title, second, url, begin + 40 * 86_400, visits[3], lang)
        about = {"source_id": source, "work_type": "post", "first_seen": at(begin)}
        told = {"title": title, "lang": lang, "published": at(begin)}
        self._index("fts", post, fulltext.entry(about, {**told, "text": second}))
        self._index("fts_past", self.version - 1, fulltext.entry(about, {**told, "text": first}))
        self.put(
            "work_url",
            {"url": url, "work_id": post, "reason": "canonical", "first_seen": at(begin), "last_seen": at(begin)},
        )
        natives: list[str] = []
        for position in range(comments_of(chance)):
            native = f"{number}{position:04d}"
            text = self.words.text(chance, chance.randint(1, 5), japanese)
            parent = natives[int(chance.random() * len(natives))] if natives and chance.random() < 0.5 else None
            where = begin + position * 600
            comment = self._work(
                source,
                "comment",
                native,
                f"{url}#comment-{native}",
                where,
                versions=1,
                post=post,
                parent=parent,
                position=position,
            )
            self._version(comment, source, 1, "first", "", text, f"{url}#comment-{native}", where, visits[0], None)
            said = {"title": "", "text": text, "lang": None, "published": at(where)}
            self._index("fts", comment, fulltext.entry({**about, "work_type": "comment"}, said))
            natives.append(native)

    def _index(self, table: str, number: int, said: fulltext.Entry) -> None:
        row = fulltext.sqlite_row(number, said)
        self.put(table, {"rowid": row.pop("id"), **row})

    def _work(
        self,
        source: int,
        kind: str,
        native: str,
        url: str,
        seen: float,
        *,
        versions: int,
        comments: str | None = None,
        post: int | None = None,
        parent: str | None = None,
        position: int = 0,
    ) -> int:
        self.work += 1
        digest, short = "0123456789abcdef" * 4, "0123456789abcdef"
        witness = [
            {
                "capture_ids": [self.capture],
                "extractor": "wordpress-rest/1",
                "fingerprint": digest[:32],
                "kind": "rest",
                "meta": {"author": short, "published": short},
                "text_sha256": digest,
            }
        ]
        self.put(
            "work",
            {
                "id": self.work,
                "source_id": source,
                "work_type": kind,
                "native_id": native,
                "scope": 0,
                "url": url,
                "state": "open",
                "head_id": self.version + versions,
                "versions": versions,
                "first_seen": at(seen),
                "last_seen": at(9e7),
                "gone_at": None,
                "absences": 0,
                "pending_sha256": None,
                "witnesses": json.dumps(witness, separators=(",", ":")),
                "comments": comments,
                "post_id": post,
                "parent_native_id": parent,
                "depth": int(parent is not None),
                "position": position,
            },
        )
        return self.work

    def _version(
        self,
        work: int,
        source: int,
        number: int,
        kind: str,
        title: str,
        text: str,
        url: str,
        seen: float,
        visit: tuple[int, int],
        lang: str | None,
        last: float = 9e7,
    ) -> int:
        self.version += 1
        self.seq += 1
        digest = hashlib.sha256(text.encode()).digest()
        meta = (
            {"author": "Ann", "kind": "comment", "permalink": url, "text_witness": "rest"}
            if not title
            else {
                "authors": [{"name": "Ann", "url": None}],
                "published": at(seen),
                "tags": ["a", "b"],
                "lang": lang,
                "links": [[url, "a link"]] * 3,
                "removed": [],
                "sources": {"title": "rest"},
                "text_witness": "rest",
            }
        )
        witness = [
            {
                "capture_ids": [visit[1]],
                "extractor": "wordpress-rest/1",
                "fingerprint": digest.hex()[:32],
                "kind": "rest",
                "meta": {},
                "text_sha256": digest.hex(),
            }
        ]
        detail = {
            "number": number,
            "kind": kind,
            "url": url,
            "observed": at(seen),
            "text_sha256": digest.hex(),
            "record_id": digest.hex(),
            "capture_sha256": digest.hex(),
            "row": digest.hex()[:32],
            "work": {"native_id": f"{work}0"} if title else {"native_id": f"{work}0000", "post_id": work, "depth": 1},
        }
        self.put(
            "event",
            {
                "seq": self.seq,
                "at": at(seen),
                "kind": "version",
                "source_id": source,
                "work_id": work,
                "detail": json.dumps(detail, sort_keys=True, separators=(",", ":")),
                "chain": digest,
            },
        )
        row: dict[str, Any] = {
            "id": self.version,
            "work_id": work,
            "source_id": source,
            "run_id": source,
            "number": number,
            "seq": self.seq,
            "kind": kind,
            "text_sha256": digest,
            "fingerprint": digest.hex()[:32],
            "text_len": len(text),
            "lang": lang,
            "published": at(seen),
            "extractor_id": 1,
            "capture_id": visit[1],
            "visit_id": visit[0],
            "same_text_as": None,
            "observed_first": at(seen),
            "observed_last": at(last),
            "recorded_at": at(seen),
            "superseded_at": None,
            "url": url,
            "reason": None,
            "visit_ids": f"[{visit[0]}]",
            "title": title,
            "witnesses": json.dumps(witness, separators=(",", ":")),
            "meta": json.dumps(meta, ensure_ascii=False, separators=(",", ":")),
            "text": text,
            "markdown": text,
        }
        content = folded(row, self.before if number > 1 else None)
        self.before = {**row, "content": content["content"]}
        self.put("version", {**row, **content})
        return self.version

    def _visit(self, source: int, url: str, seen: float, *, fresh: bool) -> tuple[int, int]:
        self.visit += 1
        uuid = f"<urn:uuid:{self.visit:08x}-0000-4000-8000-000000000000>"
        where = {
            "warc_file": f"variorum-20150101000000-{source:05d}-abcdef01.warc.gz",
            "warc_offset": self.visit * 30_000,
            "warc_length": 26_000 if fresh else 499,
            "warc_record_id": uuid,
        }
        if fresh:
            self.capture += 1
            self.put(
                "capture",
                {
                    "id": self.capture,
                    "sha256": hashlib.sha256(str(self.capture).encode()).digest(),
                    "size": 80_000,
                    "media_type": "text/html; charset=UTF-8",
                    "status": 200,
                    "url": url,
                    "observed_at": at(seen),
                    **where,
                    "payload_sha1": "A" * 32,
                },
            )
        self.put(
            "visit",
            {
                "id": self.visit,
                "source_id": source,
                "run_id": source,
                "url": url,
                "role": "page",
                "requested_at": at(seen),
                "duration_us": 200_000,
                "status": 200,
                "error": None,
                "transient": 0,
                "capture_id": self.capture,
                "unchanged": int(not fresh),
                "good": 1,
                "etag": None,
                "last_modified": None,
                "redirect_to": None,
                "address": "192.0.2.1",
                "payload_sha1": "A" * 32,
                "revisit_of": None if fresh else uuid,
                **where,
            },
        )
        return self.visit, self.capture


def at(seconds: float) -> str:
    """A time as it stands in rows."""
    return to_text(BEGIN + timedelta(seconds=seconds))


def made(folder: Path, posts: int) -> None:
    """Make the archive, unless it is there."""
    mark = folder / f"made-{posts}"
    if mark.exists():
        return
    Archive.open(folder, create=True).close()
    connection = sqlite3.connect(str(folder / "variorum.sqlite"), isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-2000000", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    Maker(connection, posts).make()
    for table in ("fts", "fts_past"):
        connection.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
    connection.execute("PRAGMA optimize")
    connection.close()
    mark.touch()


# ------------------------------------------------------------------------------------------------ questions
def questions(archive: Archive, chance: random.Random, posts: int) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what is asked, each question about something drawn anew at every call."""
    words = Words(random.Random(7))
    top = archive.last_seq()
    works = archive.database.one("SELECT max(id) AS id FROM work")
    holes, values = marks("w", [chance.randrange(1, works["id"] if works else 1) for _ in range(1000)])
    crowded = [  # drawn by their comments: the long threads are asked for most
        row["post_id"]
        for row in archive.database.all(
            f"SELECT post_id FROM work WHERE id IN ({holes}) AND post_id IS NOT NULL", **values
        )
    ]

    def url() -> str:
        number = chance.randrange(posts)
        return f"https://blog{number // PER_SOURCE + 1}.example/{2015 + number % 10}/post-{number}/"

    def moment() -> datetime:
        return BEGIN + timedelta(seconds=chance.random() * 3.1e8)

    def source() -> int:
        return 1 + chance.randrange(max(1, posts // PER_SOURCE))

    def common() -> str:
        return words.vocabulary[chance.randrange(1, 30)]

    def word() -> str:
        return words.vocabulary[chance.randrange(200, 20_000)]

    def phrase() -> str:
        return '"' + " ".join(chance.choice(words.sentences).rstrip(".").split()[1:3]) + '"'

    def signs() -> str:
        sentence = chance.choice(words.japanese)
        start = chance.randrange(len(sentence) - 4)
        return sentence[start : start + chance.choice((2, 4))].strip("。") or "庭花"

    yield "find a work by its address", lambda: archive.find_work(url())
    yield "history of an address", lambda: archive.versions(archive.find_work(url()).id)
    yield "visits of an address", lambda: archive.visits(archive.find_work(url()).id)
    yield "version as of a day", lambda: archive.version_at(archive.find_work(url()).id, moment())
    yield "thread, first 200, now", lambda: archive.thread(chance.choice(crowded), limit=200)
    yield "thread, first 200, as of a day", lambda: archive.thread(chance.choice(crowded), moment(), limit=200)
    yield "latest 50 of a source", lambda: archive.latest(source(), limit=50)
    yield (
        "works of a source, 100 from a place",
        lambda: list(islice(archive.works(source(), work_type="post", limit=100), 100)),
    )
    yield "change feed, 100 from a cursor", lambda: list(archive.changes(chance.randrange(top), limit=100))
    yield (
        "change feed of a source, 100 from a cursor",
        lambda: list(archive.changes(chance.randrange(top), source_id=source(), limit=100)),
    )
    yield "status of a source", lambda: archive.status(f"blog{source()}.example")

    def days(count: int) -> dict[str, datetime]:
        begin = BEGIN + timedelta(seconds=chance.random() * 2.9e8)
        return {"from_": begin, "to": begin + timedelta(days=count)}

    for name, ask, filters in (
        ("word", word, dict),
        ("common word", common, dict),
        ("three common words", lambda: f"{common()} {common()} {common()}", dict),
        ("phrase", phrase, dict),
        ("Japanese", signs, dict),
        ("one Japanese sign", lambda: chance.choice(words.signs), dict),
        ("beginning of a word, four letters", lambda: f"{word()[:4]}*", dict),
        ("word, of one source", word, lambda: {"source_id": source()}),
        ("common word, posts of one source", common, lambda: {"source_id": source(), "comments": False}),
        ("common word, of 30 days", common, lambda: days(30)),
        ("common word, English posts of one source, 200 days", common,
         lambda: {"source_id": source(), "comments": False, "lang": "en", **days(200)}),
        ("common word, all versions", common, lambda: {"all_versions": True}),
    ):  # fmt: skip
        yield (
            f"search: {name}",
            lambda ask=ask, filters=filters: search(archive.database, ask(), Filter(**filters()), None, 20),  # type: ignore[misc]
        )


def ask(folder: Path, posts: int, samples: int) -> bool:
    """Put all questions; return whether each keeps the bar."""
    forget(folder)
    kept = True
    print(f"\n{'question':<60}{'CPU p50':>9}{'p95':>9}{'wall p50':>10}{'p95':>9}  ms, {samples} of each")
    with Archive.open(folder) as archive:
        for name, put in questions(archive, random.Random(11), posts):
            cpu, wall = [], []
            for _ in range(samples):
                started, clock = time.process_time(), time.perf_counter()
                put()
                cpu.append((time.process_time() - started) * 1000)
                wall.append((time.perf_counter() - clock) * 1000)
                if sum(wall) > 60_000:
                    break
            slow = p95(cpu) > BAR_MS
            kept = kept and not slow
            print(
                f"{name:<60}{median(cpu):>9.2f}{p95(cpu):>9.2f}{median(wall):>10.2f}{p95(wall):>9.2f}"
                f"{'  over the bar' if slow else ''}",
                flush=True,
            )
    return kept


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def forget(folder: Path) -> None:
    """Ask the system to drop the file from its cache."""
    with contextlib.suppress(OSError, AttributeError), (folder / "variorum.sqlite").open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


# ------------------------------------------------------------------------------------------------ writes
def write(folder: Path, samples: int) -> dict[str, float]:
    """Return CPU ms of the writer for each post with three comments: new, edited and seen again."""
    chance = random.Random(os.getpid())
    words = Words(random.Random(7))
    with Archive.open(folder, create=True) as archive, archive.writer() as writer:
        home = writer.add_source(f"https://new{os.getpid()}.example/")
        run = writer.begin_run(home.id, "ingest")

        def updates(kind: str, number: int, edit: str) -> list[WorkUpdate]:
            url = f"{home.url}post-{number}/"
            found = []
            for position in range(4):
                drawn = random.Random(f"{number} {position}")
                text = words.text(drawn, 30 if position == 0 else 3, False) + (edit if position == 0 else "")
                digest = hashlib.sha256(text.encode()).hexdigest()
                said = Content(
                    title="A title" if position == 0 else "",
                    text=text,
                    markdown=text,
                    text_sha256=digest,
                    fingerprint=digest[:32],
                    meta={"authors": [{"name": "Ann", "url": None}], "lang": "en"},
                )
                which = kind if position == 0 or kind != "source" else "same"
                decision = Decision(
                    kind=which,
                    content=said if which != "same" else None,
                    witnesses=(
                        Witness(
                            kind="rest",
                            capture_ids=(),
                            extractor="rest/1",
                            text_sha256=digest,
                            fingerprint=digest[:32],
                            meta={},
                        ),
                    ),
                )
                comment = position > 0
                found.append(
                    WorkUpdate(
                        source_id=home.id,
                        work_id=None,
                        work_type="comment" if comment else "post",
                        native_id=f"{number}{position:03d}" if comment else str(number),
                        url=url + (f"#{position}" if comment else ""),
                        observed_at=datetime.now(UTC),
                        decision=decision,
                        post_native_id=str(number) if comment else None,
                        position=position,
                    )
                )
            return found

        spent: dict[str, float] = {}
        order = list(range(samples))
        for name, kind, edit in (("new", "first", ""), ("edited", "source", " Edited."), ("seen again", "same", "")):
            chance.shuffle(order)
            batches = [updates(kind, number, edit) for number in order]
            started = time.process_time()
            for batch in batches:
                writer.write(run, batch, extractor="variorum 0.1.0 0123456789abcdef")
            spent[name] = (time.process_time() - started) / samples * 1000
        writer.end_run(run, None)
    return spent


def sizes(folder: Path, posts: int) -> None:
    """Print the bytes of each table with its indexes."""
    connection = sqlite3.connect(str(folder / "variorum.sqlite"))
    total = (folder / "variorum.sqlite").stat().st_size
    counts = {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("work", "version", "visit", "capture", "event")
    }
    print(f"{posts:,} posts: " + ", ".join(f"{count:,} {table}" for table, count in counts.items()))
    print(f"{total / 1e9:.2f} GB of rows")
    connection.close()


def main() -> None:
    """Make, ask, write, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--samples", type=int, default=300)
    given = parser.parse_args()
    small = given.folder / "small"
    for folder, posts in ((small, 10_000), (given.folder / f"of-{given.posts}", given.posts)):
        folder.mkdir(parents=True, exist_ok=True)
        made(folder, posts)
    large = given.folder / f"of-{given.posts}"
    sizes(large, given.posts)
    kept = ask(large, given.posts, given.samples)
    print(f"\n{'write a post with three comments, CPU ms':<46}{'10,000':>9}{given.posts:>12,}{'ratio':>8}")
    rounds = [(write(small, given.samples), write(large, given.samples)) for _ in range(3)]
    for name in rounds[0][0]:
        few, many = (median(pair[side][name] for pair in rounds) for side in (0, 1))
        print(f"{name:<46}{few:>9.2f}{many:>12.2f}{many / few:>8.2f}")
    raise SystemExit(0 if kept else 1)


if __name__ == "__main__":
    main()
