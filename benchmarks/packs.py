"""What pages cost that are visited again and again: gzip WARC, packs after `variorum compact`, and a git repository.

    python benchmarks/packs.py [--archive DIR] [--pages N] [--revisits N] [--every N] [--identity]

Pages are made up by a seeded generator (a theme of some 60 kB around articles of some 6 kB), or are those of the HTML
pages in an archive, such as one of the platform lab's WordPress. Each is archived once and then --revisits times, in
two ways: unchanged but for a nonce and the time of making; and with a small edit (a word, a number or a sentence) each
time as well. An archive is compacted after every so many rounds (--every). Responses come in gzip, as most servers send
them, or without (--identity). Git gets the same bodies, one commit a round, and is repacked with --depth 50 --window 50
in the end. Bytes are those of the WARC files, of the packs, of git's packfile; what one visit costs is what the archive
grew by. CPU is that of this process, git's that of its own.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.archive import Archive
from variorum.records import Exchange

SEED = 20261124
HOME = "https://blog.example/"
START = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
BATCH = 50
_SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo ya zen tor mal der in al est on ur ish".split()


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is served: what stands before the article, the article, what stands behind it."""

    url: str
    head: str
    article: str
    foot: str

    def served(self, dice: random.Random) -> bytes:
        """Return it with another nonce and time of making."""
        nonce = f'<script>var api={{"nonce":"{dice.getrandbits(40):010x}"}};</script>'
        made = f"<!-- made in {dice.random():.3f} seconds, {dice.randrange(10**9)} -->"
        return f"{self.head}{nonce}{self.article}{self.foot}{made}".encode()

    def edited(self, dice: random.Random) -> Page:
        """Return it with a word, a number or a sentence changed."""
        words = self.article.split(" ")
        at = dice.randrange(len(words))
        put = dice.choice((made_word(dice), str(dice.randrange(1000)), made_sentence(dice)))
        return Page(self.url, self.head, " ".join([*words[:at], put, *words[at + 1 :]]), self.foot)


# ------------------------------------------------------------------------------------------------ pages
def made_word(dice: random.Random) -> str:
    return "".join(dice.choices(_SYLLABLES, k=dice.randint(1, 4)))


def made_sentence(dice: random.Random) -> str:
    return " ".join(made_word(dice) for _ in range(dice.randint(6, 22))).capitalize() + "."


def made_pages(count: int) -> list[Page]:
    """Return pages of one made-up site: the theme is the same on all but for the title and the list of neighbours."""
    dice = random.Random(SEED)
    style = "\n".join(
        f".{made_word(dice)}-{number}{{margin:{dice.randrange(40)}px;color:#{dice.getrandbits(24):06x};"
        f"font-size:{dice.randrange(8, 40)}px}}"
        for number in range(500)
    )
    menu = "".join(f'<li><a href="{HOME}{made_word(dice)}/">{made_word(dice)}</a></li>' for _ in range(120))
    titles = [made_sentence(dice) for _ in range(count)]
    aside = "".join(f'<p class="w">{made_sentence(dice)}</p>' for _ in range(60))
    pages = []
    for number, title in enumerate(titles):
        near = "".join(
            f'<a rel="related" href="{HOME}{other % count}/">{titles[other % count]}</a>'
            for other in range(number + 1, number + 9)
        )
        body = "".join(f"<p>{' '.join(made_sentence(dice) for _ in range(dice.randint(2, 6)))}</p>" for _ in range(14))
        pages.append(
            Page(
                f"{HOME}{number}/",
                f"<!DOCTYPE html><html><head><title>{title}</title><style>{style}</style></head><body><ul>{menu}</ul>",
                f"<article><h1>{title}</h1>{body}</article>",
                f"<nav>{near}</nav><aside>{aside}</aside></body></html>",
            )
        )
    return pages


def archived_pages(folder: str, count: int) -> list[Page]:
    """Return HTML pages out of an archive, each cut in three: the middle, by length, is where edits fall."""
    with Archive.open(folder) as archive:
        rows = archive.database.all(
            "SELECT url, max(capture_id) AS capture FROM visit WHERE role IN ('page', 'thread') AND status = 200 "
            "GROUP BY url ORDER BY url"
        )
        texts = {row["url"]: archive.body(row["capture"]).body.decode("utf-8", "replace") for row in rows[:count]}
    pages = []
    for url, text in texts.items():
        marks = [found.start() for found in re.finditer("<p>", text)] or [len(text) // 2]
        first, last = marks[0], marks[-1] if len(marks) > 1 else len(text)
        pages.append(Page(url, text[:first], text[first:last], text[last:]))
    return pages


# ------------------------------------------------------------------------------------------------ visits
def exchange(url: str, body: bytes, at: datetime, *, identity: bool) -> Exchange:
    """Return an exchange as the fetcher hands it over."""
    payload = body if identity else gzip.compress(body, compresslevel=6, mtime=0)
    told = [("Date", f"{at:%a, %d %b %Y %H:%M:%S} GMT"), ("Content-Type", "text/html; charset=UTF-8")]
    told += [] if identity else [("Content-Encoding", "gzip")]
    told += [("Content-Length", str(len(payload)))]
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told) + "\r\n"
    asked = f"GET {url} HTTP/1.1\r\nHost: blog.example\r\nUser-Agent: variorum\r\nAccept-Encoding: gzip\r\n\r\n"
    return Exchange(
        url=url,
        role="page",
        requested_at=at,
        duration_s=0.1,
        request=asked.encode(),
        response=head.encode() + payload,
        status=200,
        headers=tuple(told),
        body=body,
        address="192.0.2.7",
    )


@dataclass(frozen=True, slots=True)
class Costs:
    """Bytes and CPU seconds of one archive and one repository, after the first round and after all."""

    first_warc: int
    all_warc: int
    first_packs: int
    all_packs: int
    first_git: int
    all_git: int
    records: int
    compact_s: float
    keep_s: float
    git_s: float


def measure(rounds: Sequence[Sequence[tuple[str, bytes]]], every: int, *, identity: bool) -> Costs:
    """Archive all rounds in turn; compact after the first, and then after every so many."""
    with tempfile.TemporaryDirectory() as folder:
        keep_s = compact_s = 0.0
        warc = first_warc = first_packs = records = 0
        place = Path(folder) / "archive"
        with Archive.open(place, create=True) as archive:
            for number, pages in enumerate(rounds):
                keep_s += cpu_of(lambda pages=pages, number=number: keep(archive, pages, number, identity=identity))
                if number % every == 0 or number == len(rounds) - 1:
                    start = time.process_time()
                    done = archive.compact()
                    compact_s += time.process_time() - start
                    assert not done.kept, done.kept
                    warc, records = warc + done.bytes_before, records + done.records
                if number == 0:
                    first_warc, first_packs = warc, bytes_in(place / "packs")
            assert archive.check(deep=True) == []
        all_packs = bytes_in(place / "packs")
        first_git, _ = in_git(rounds[:1], Path(folder) / "first")
        all_git, git_s = in_git(rounds, Path(folder) / "all")
    return Costs(first_warc, warc, first_packs, all_packs, first_git, all_git, records, compact_s, keep_s, git_s)


def keep(archive: Archive, pages: Sequence[tuple[str, bytes]], number: int, *, identity: bool) -> None:
    """Archive one round of visits, as one run of an ingest would."""
    at = START + timedelta(days=number)
    with archive.writer() as writer:
        source = writer.add_source(HOME)
        run = writer.begin_run(source.id, "ingest")
        for start in range(0, len(pages), BATCH):
            sent = [
                exchange(url, body, at + timedelta(seconds=start + place), identity=identity)
                for place, (url, body) in enumerate(pages[start : start + BATCH])
            ]
            writer.keep(run, source.id, sent)
        writer.end_run(run, None)


def in_git(rounds: Iterable[Sequence[tuple[str, bytes]]], folder: Path) -> tuple[int, float]:
    """Return bytes of the packfile over all rounds, and the CPU seconds that git took."""
    start = _children()
    git(folder.parent, "init", "--quiet", "--initial-branch", "main", str(folder))
    for number, pages in enumerate(rounds):
        for place, (_, body) in enumerate(pages):
            (folder / f"{place}.html").write_bytes(body)
        git(folder, "add", ".")
        git(folder, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "-m", str(number))
    git(folder, "repack", "-adfq", "--depth", "50", "--window", "50")
    return bytes_in(folder / ".git" / "objects" / "pack"), _children() - start


def git(folder: Path, *words: str) -> None:
    """Run git, on one thread, without a config of the user's."""
    settings = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "PATH": "/usr/bin:/bin:/usr/local/bin"}
    subprocess.run(["git", "-c", "gc.auto=0", "-c", "pack.threads=1", *words], cwd=folder, env=settings, check=True)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def bytes_in(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def cpu_of(work: Callable[[], object]) -> float:
    """Return the CPU seconds of this process for *work*."""
    start = time.process_time()
    work()
    return time.process_time() - start


def rounds_of(pages: Sequence[Page], count: int, *, edit: bool) -> list[list[tuple[str, bytes]]]:
    """Return the bodies of each round, in order of time."""
    dice = random.Random(SEED + edit)
    shown = list(pages)
    rounds = [[(page.url, page.served(dice)) for page in shown]]
    for _ in range(count):
        shown = [page.edited(dice) for page in shown] if edit else shown
        rounds.append([(page.url, page.served(dice)) for page in shown])
    return rounds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archive", help="take the pages out of this archive")
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--revisits", type=int, default=20)
    parser.add_argument("--every", type=int, default=5, help="rounds between two compactions")
    parser.add_argument("--identity", action="store_true", help="responses without a content coding")
    asked = parser.parse_args()
    pages = archived_pages(asked.archive, asked.pages) if asked.archive else made_pages(asked.pages)
    nonce = rounds_of(pages, asked.revisits, edit=False)
    html = sum(len(body) for _, body in nonce[0]) / len(pages)
    print(
        f"{len(pages)} pages of {html / 1000:.1f} kB, {asked.revisits} revisits, compacted every {asked.every} rounds"
    )
    found = {
        "unchanged, new nonce": measure(nonce, asked.every, identity=asked.identity),
        "small edit, new nonce": measure(
            rounds_of(pages, asked.revisits, edit=True), asked.every, identity=asked.identity
        ),
    }
    print(f"{'bytes a page':<46}{'gzip WARC':>11}{'packs':>9}{'ratio':>8}{'git pack':>10}")
    first = next(iter(found.values()))
    _line("first capture", first.first_warc, first.first_packs, first.first_git, len(pages))
    for name, cost in found.items():
        grown = cost.all_warc - cost.first_warc, cost.all_packs - cost.first_packs, cost.all_git - cost.first_git
        _line(f"a revisit: {name}", *grown, len(pages) * asked.revisits)
    for name, cost in found.items():
        _line(f"first and {asked.revisits}: {name}", cost.all_warc, cost.all_packs, cost.all_git, len(pages))
    for name, cost in found.items():
        visits = len(pages) * (asked.revisits + 1)
        kept, folded, git_ms = (spent / visits * 1e3 for spent in (cost.keep_s, cost.compact_s, cost.git_s))
        record = cost.compact_s / cost.records * 1e3
        print(
            f"CPU ms a visit, {name}: keep {kept:.2f}, compact {folded:.2f} ({record:.2f} a record), git {git_ms:.2f}"
        )


def _line(name: str, warc: int, packs: int, git_bytes: int, count: int) -> None:
    print(f"{name:<46}{warc / count:>11,.0f}{packs / count:>9,.0f}{warc / packs:>8.1f}{git_bytes / count:>10,.0f}")


if __name__ == "__main__":
    main()
