"""Near-duplicates: what is found, what is linked by mistake, what it costs. Needs no network.

    python benchmarks/duplicates.py                      # 5,000 texts and 2,400 copies, half a minute of CPU
    python benchmarks/duplicates.py --texts 20000        # what it costs in a larger archive
    python benchmarks/duplicates.py --rivals             # the keys of other methods on the same texts

Texts are made up from a seed: sentences of words that follow each other in the documentation of Python that comes with
the interpreter, so that common phrases are common, and of Chinese signs. Each copy is made of another text, in one of
the ways below; pairs of a text and its copy are to be linked, and no others. All goes through an archive.

Edits: "words 10 %", each word by itself replaced with that probability; "runs 10 %", as editors work: so many words, in
runs of three or so, replaced, taken out, or put in; "sentences 10 %", whole ones replaced. "excerpt 30 %": so many of
the words in one piece. "reprint": the text between another head and foot.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from pydoc_data.topics import topics

sys.path.insert(0, str(Path(__file__).parents[1]))

from collation import near
from flows.comparing import compare_new
from storage.archive import Archive
from variorum.records import Content, Decision, WorkUpdate

BARS = {"words 10 %": 0.99, "runs 10 %": 0.99, "sentences 10 %": 0.99, "words 20 %": 0.9, "runs 20 %": 0.9,
        "sentences 20 %": 0.9, "excerpt 30 %": 0.95}  # fmt: skip
WORDS = re.findall(r"[A-Za-z][a-z']+", "\n".join(text for _, text in sorted(topics.items())))
HAN = [chr(0x4E00 + number) for number in range(3000)]
AT = datetime(2026, 1, 1, tzinfo=UTC)


class Author:
    """Makes texts up. A text is a list of words (or signs, joined without blanks where `han`)."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._next: dict[str, list[str]] = defaultdict(list)
        for word, following in pairwise(WORDS):
            self._next[word].append(following)

    def text(self, length: int, *, han: bool) -> list[str]:
        """Return so many words in sentences."""
        found: list[str] = []
        while len(found) < length:
            sentence = self._signs() if han else self._sentence()
            found += [*sentence[:-1], sentence[-1] + ("。" if han else ".")]
        return found[:length]

    def _sentence(self) -> list[str]:
        word = self.rng.choice(WORDS)
        found = [word.title()]
        for _ in range(max(3, int(self.rng.lognormvariate(2.7, 0.5)))):
            word = self.rng.choice(self._next[word]) if self.rng.random() < 0.8 else self.rng.choice(WORDS)
            found.append(word)
        return found

    def _signs(self) -> list[str]:
        length = max(6, int(self.rng.lognormvariate(3, 0.5)))
        return [HAN[min(int(self.rng.expovariate(1 / 400)), len(HAN) - 1)] for _ in range(length)]

    def word(self, *, han: bool) -> str:
        return self.rng.choice(HAN if han else WORDS)

    # -------------------------------------------------------------------------------------------- copies
    def words(self, text: Sequence[str], share: float, *, han: bool) -> list[str]:
        return [self.word(han=han) if self.rng.random() < share else word for word in text]

    def runs(self, text: Sequence[str], share: float, *, han: bool) -> list[str]:
        marked: set[int] = set()
        while len(marked) < share * len(text):
            start = self.rng.randrange(len(text))
            marked.update(range(start, min(len(text), start + 1 + min(int(self.rng.expovariate(0.5)), 9))))
        found: list[str] = []
        for place, word in enumerate(text):
            fate = self.rng.random() if place in marked else 1
            found += [word] if fate == 1 else [self.word(han=han)] if fate < 0.6 else []
            if 0.8 <= fate < 1:
                found += [self.word(han=han), word]
        return found

    def sentences(self, text: Sequence[str], share: float, *, han: bool) -> list[str]:
        found: list[str] = []
        sentence: list[str] = []
        for place, word in enumerate(text):
            sentence.append(word)
            if word.endswith((".", "。")) or place == len(text) - 1:
                found += self.text(len(sentence), han=han) if self.rng.random() < share else sentence
                sentence = []
        return found

    def excerpt(self, text: Sequence[str], share: float, *, han: bool) -> list[str]:
        length = int(share * len(text))
        start = self.rng.randrange(len(text) - length + 1)
        return list(text[start : start + length])

    def reprint(self, text: Sequence[str], share: float, *, han: bool) -> list[str]:
        around = [self.text(int(share * len(text) / 2) + 5, han=han) for _ in range(2)]
        return [*around[0], *text, *around[1]]


KINDS: dict[str, tuple[str, float]] = {
    "words 5 %": ("words", 0.05), "words 10 %": ("words", 0.1), "words 20 %": ("words", 0.2),
    "words 30 %": ("words", 0.3), "runs 10 %": ("runs", 0.1), "runs 20 %": ("runs", 0.2),
    "sentences 10 %": ("sentences", 0.1), "sentences 20 %": ("sentences", 0.2), "reprint": ("reprint", 0.2),
    "excerpt 50 %": ("excerpt", 0.5), "excerpt 30 %": ("excerpt", 0.3), "excerpt 10 %": ("excerpt", 0.1),
}  # fmt: skip


def made(count: int, copies: int, seed: int) -> tuple[list[str], dict[tuple[int, int], str]]:
    """Return texts, and for each pair of a text and its copy (by their places) how that was made."""
    author = Author(seed)
    plain: list[tuple[list[str], bool]] = []
    for number in range(count):
        han = number % 5 == 4
        length = int(min(8000, max(60, author.rng.lognormvariate(6.5, 0.8))))
        plain.append((author.text(length, han=han), han))
    truth: dict[tuple[int, int], str] = {}
    sources = iter(author.rng.sample(range(count), copies * len(KINDS)))
    for kind, (method, share) in KINDS.items():
        for _ in range(copies):
            source = next(sources)
            words, han = plain[source]
            truth[source, len(plain)] = kind
            plain.append((getattr(author, method)(words, share, han=han), han))
    return [("" if han else " ").join(words) for words, han in plain], truth


# ------------------------------------------------------------------------------------------------ through an archive
def archived(folder: Path, texts: Sequence[str]) -> None:
    with Archive.open(folder, create=True) as archive, archive.writer() as writer:
        runs = []
        for number in range(2):
            source = writer.add_source(f"https://blog-{number}.example/")
            runs.append((source, writer.begin_run(source.id, "ingest")))
        for start in range(0, len(texts), 200):
            for number, (source, run_id) in enumerate(runs):
                updates = [
                    WorkUpdate(
                        source_id=source.id,
                        work_id=None,
                        work_type="post",
                        native_id=str(place),
                        url=f"{source.url}{place}/",
                        observed_at=AT,
                        decision=Decision(kind="first", content=said(texts[place])),
                    )
                    for place in range(start, min(len(texts), start + 200))
                    if place % 2 == number
                ]
                writer.write(run_id, updates, extractor="benchmark 0 0000000000000000")


def said(text: str) -> Content:
    digest = sha256(text.encode()).hexdigest()
    return Content(text=text, text_sha256=digest, fingerprint=digest[:32])


def measure(texts: Sequence[str], truth: dict[tuple[int, int], str], folder: Path) -> bool:
    archived(folder, texts)
    size = sum(path.stat().st_size for path in folder.glob("variorum.sqlite*"))
    begun = time.process_time()
    done = compare_new(str(folder), lambda *_: None)
    cpu_ms = (time.process_time() - begun) * 1000 / len(texts)
    begun = time.process_time()
    for text in texts:
        near.keys(text)
    keys_ms = (time.process_time() - begun) * 1000 / len(texts)
    with Archive.open(folder) as archive:
        grown = sum(path.stat().st_size for path in folder.glob("variorum.sqlite*")) - size
        places = {row["id"]: int(row["native_id"]) for row in archive.database.all("SELECT id, native_id FROM work")}
        links = [
            (tuple(sorted((places[row["low_id"]], places[row["high_id"]]))), row["kind"])
            for row in archive.database.all("SELECT * FROM dup_link")
        ]
        asked = queries(archive)
    found = Counter(truth[pair] for pair, _ in links if pair in truth)
    kinds = Counter((truth[pair], kind) for pair, kind in links if pair in truth)
    wanted = Counter(truth.values())
    wrong = sum(pair not in truth for pair, _ in links)
    words = sum(len(near.tokens(text)) for text in texts) / len(texts)
    print(f"{len(texts)} texts of {words:.0f} words in the mean, {len(truth)} of them copies")
    print(f"CPU a text: {cpu_ms:.2f} ms, of it {keys_ms:.2f} for its keys; {grown / len(texts):.0f} bytes a text")
    print(f"compared pairs a text: {done.pairs / len(texts):.3f}; common keys met: {done.common_keys}")
    print(f"wrong links: {wrong} of {len(links)} ({100 * wrong / max(1, len(links)):.3f} %)")
    print(f"questions, p95 CPU ms: {asked}\n")
    print("| copy | recall | bar | told as |\n|---|---|---|---|")
    passed = wrong <= 0.001 * len(links) and cpu_ms <= 2
    for kind in KINDS:
        recall, bar = found[kind] / wanted[kind], BARS.get(kind)
        passed = passed and (bar is None or recall >= bar)
        told = ", ".join(f"{name} {kinds[kind, name]}" for name in ("exact", "duplicate", "variant", "excerpt")
                         if kinds[kind, name])  # fmt: skip
        print(f"| {kind} | {recall:.3f} | {bar or ''} | {told} |")
    print("\nall bars met" if passed else "\nNOT all bars met")
    return passed


def queries(archive: Archive) -> str:
    """Return how long the questions take: a page of 50 groups from anywhere, what is like one post."""
    rng = random.Random(0)
    ids = [row["work_id"] for row in archive.database.all("SELECT work_id FROM dup_member")]
    asks: dict[str, Callable[[int], object]] = {
        "50 groups": lambda number: list(archive.duplicates(after=number, limit=50)),
        "50 groups of a source": lambda number: list(archive.duplicates(source_id=1, after=number, limit=50)),
        "group of a post": lambda number: list(archive.duplicates(work_id=number)),
        "alike": archive.alike,
    }
    told = []
    for name, ask in asks.items():
        spent = []
        for number in rng.choices(ids, k=100):
            begun = time.process_time()
            ask(number)
            spent.append((time.process_time() - begun) * 1000)
        told.append(f"{name} {sorted(spent)[94]:.2f}")
    return ", ".join(told)


# ------------------------------------------------------------------------------------------------ rivals
def rivals(texts: Sequence[str], truth: dict[tuple[int, int], str]) -> None:
    """Print what the keys of other methods propose, before any pair is verified."""
    shingles = [near.runs(text) for text in texts]
    methods: list[tuple[str, Callable[[int], Sequence[object]], int]] = [
        ("ours: 32 smallest of 5-word runs, 3 shared", lambda at: near.keys(texts[at]), near.SHARED),
        ("16 smallest of whole sentences, 2 shared", lambda at: sentence_keys(texts[at]), 2),
    ]
    try:
        from rensa import RMinHash  # pip install rensa: no dependency of ours
    except ImportError:
        print("rensa is not installed: no MinHash\n")
    else:

        def bands(at: int) -> Sequence[object]:
            sketch = RMinHash(128, 42)
            sketch.update(list(shingles[at]))
            minima = sketch.digest()
            return [(row, *minima[row : row + 4]) for row in range(0, 128, 4)]

        methods.append(("rensa R-MinHash 128, 32 bands of 4, 1 shared", bands, 1))
    print("| keys | CPU ms | pairs a text, wrong | " + " | ".join(KINDS) + " |")
    print("|---" * (len(KINDS) + 3) + "|")
    for name, method, shared in methods:
        begun = time.process_time()
        keys = [method(at) for at in range(len(texts))]
        cpu_ms = (time.process_time() - begun) * 1000 / len(texts)
        index: dict[object, list[int]] = defaultdict(list)
        for at, own in enumerate(keys):
            for key in own:
                index[key].append(at)
        counts = Counter(
            (low, high)
            for held in index.values()
            if len(held) <= near.HOLDERS
            for place, high in enumerate(held)
            for low in held[:place]
        )
        pairs = {pair for pair, count in counts.items() if count >= shared}
        found, wanted = Counter(truth[pair] for pair in pairs & truth.keys()), Counter(truth.values())
        wrong = len(pairs - truth.keys()) / len(texts)
        told = " | ".join(f"{found[kind] / wanted[kind]:.3f}" for kind in KINDS)
        print(f"| {name} | {cpu_ms:.2f} | {wrong:.3f} | {told} |")


def sentence_keys(text: str) -> Sequence[object]:
    found = {sha256(" ".join(words).encode()).digest()[:8] for sentence in re.split(r"[.!?。！？\n]+", text)
             if len(words := near.tokens(sentence)) >= 5}  # fmt: skip
    return sorted(found)[:16]


def main() -> None:
    """Measure, print, and exit with 1 where a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=5000, help="texts besides the copies")
    parser.add_argument("--copies", type=int, default=200, help="copies of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rivals", action="store_true", help="compare keys with those of other methods instead")
    args = parser.parse_args()
    texts, truth = made(args.texts, args.copies, args.seed)
    if args.rivals:
        rivals(texts, truth)
        return
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(not measure(texts, truth, Path(folder) / "archive"))


if __name__ == "__main__":
    main()
