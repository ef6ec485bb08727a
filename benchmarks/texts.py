"""What versions cost in the rows: what they say, folded, beside a git repository of the same words.

    python benchmarks/texts.py [--archive DIR] [--posts N] [--edits N]

Posts are made up by a seeded generator (prose of some 5 kB, with links and metadata), or are those of an archive, such
as one of the platform lab's WordPress. Each is written once and then --edits times, each time with a small edit (a
word, a number or a sentence). Git gets the same words, one file a post and one commit a round, in two ways: the texts
alone; and all that a version says (text, markdown, metadata, witnesses). It is repacked by `gc --aggressive`; what is
printed is its packfile, and of that the blobs alone, without commits and trees. Ours is the column `content`. CPU is
that of folding and of reading each version from the database, as `Archive.version` does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from packs import HOME, SEED, cpu_of, git, made_sentence, made_word

from storage.archive import Archive
from storage.contents import WORDS, folded, unfolded
from storage.reading import json_text
from variorum.digests import sha256_hex
from variorum.records import Content, Decision, Witness, WorkUpdate

START = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
Said = dict[str, str]  # a post: title, text, markdown, meta


def made_posts(count: int) -> list[Said]:
    """Return made-up posts."""
    dice = Random(SEED)
    posts = []
    for number in range(count):
        paragraphs = [
            " ".join(made_sentence(dice) for _ in range(dice.randint(2, 7))) for _ in range(dice.randint(4, 16))
        ]
        address = f"{HOME}{made_word(dice)}-{made_word(dice)}/"
        linked = [
            paragraph.replace(" ", f" [{made_word(dice)}]({address}) ", 1) if dice.random() < 0.3 else paragraph
            for paragraph in paragraphs
        ]
        meta = {
            "authors": [{"name": made_word(dice).title(), "url": None}],
            "published": f"2020-01-01T{number % 24:02d}:{number % 60:02d}:00Z",
            "tags": [made_word(dice) for _ in range(3)],
            "lang": "en",
            "links": [[address, made_word(dice)]],
            "platform": "wordpress",
            "text_witness": "rest",
        }
        text, markdown = "\n\n".join(paragraphs), "\n\n".join(linked)
        posts.append({"title": made_sentence(dice), "text": text, "markdown": markdown, "meta": json_text(meta)})
    return posts


def archived_posts(folder: str, count: int) -> list[Said]:
    """Return the current texts of posts in an archive."""
    with Archive.open(folder) as archive:
        rows = archive.database.all(
            "SELECT v.* FROM work w JOIN version v ON v.id = w.head_id WHERE w.work_type = 'post' AND v.text_len > 0 "
            "ORDER BY w.id LIMIT :most",
            most=count,
        )
        return [
            {name: row[name] for name in ("title", "text", "markdown", "meta")}
            for row in unfolded(archive.database, rows)
        ]


def edited(said: Said, dice: Random) -> Said:
    """Return a post with a word, a number or a sentence changed, in its text and in its markdown."""
    words = said["text"].split(" ")
    old = words[dice.randrange(len(words))]
    new = dice.choice((made_word(dice), str(dice.randrange(1000)), made_sentence(dice)))
    return said | {name: said[name].replace(old, new, 1) for name in ("text", "markdown")}


def rounds_of(posts: Sequence[Said], edits: int) -> list[list[Said]]:
    """Return what all posts say, round by round."""
    dice = Random(SEED + 1)
    rounds = [list(posts)]
    for _ in range(edits):
        rounds.append([edited(said, dice) for said in rounds[-1]])
    return rounds


# ------------------------------------------------------------------------------------------------ ours
def witness(said: Said) -> Witness:
    """Return the word of REST for a text."""
    digest = sha256_hex(said["text"])
    told = {name: sha256_hex(said["title"])[:16] for name in ("authors", "published", "tags", "title")}
    return Witness(
        kind="rest", capture_ids=(), extractor="rest/1", text_sha256=digest, fingerprint=digest[:32], meta=told
    )


def written(archive: Archive, rounds: Sequence[Sequence[Said]]) -> None:
    """Write all rounds as an ingest would."""
    with archive.writer() as writer:
        home = writer.add_source(HOME)
        run = writer.begin_run(home.id, "ingest")
        for number, posts in enumerate(rounds):
            updates = []
            for place, said in enumerate(posts):
                digest = sha256_hex(said["text"])
                content = Content(
                    title=said["title"],
                    text=said["text"],
                    markdown=said["markdown"],
                    text_sha256=digest,
                    fingerprint=digest[:32],
                    meta=json.loads(said["meta"]),
                )
                updates.append(
                    WorkUpdate(
                        source_id=home.id,
                        work_id=None,
                        work_type="post",
                        native_id=str(place),
                        url=f"{HOME}{place}/",
                        observed_at=START + timedelta(days=number),
                        decision=Decision(
                            kind="source" if number else "first", content=content, witnesses=(witness(said),)
                        ),
                    )
                )
            writer.write(run, updates, extractor="variorum 0.1.0 0123456789abcdef")
        writer.end_run(run, None)


def text_alone(rounds: Sequence[Sequence[Said]]) -> tuple[int, int]:
    """Return the bytes of first versions and of edits whose text is all that they say."""
    first = rest = 0
    before: dict[int, dict[str, Any]] = {}
    for number, posts in enumerate(rounds):
        for place, said in enumerate(posts):
            row = {"kind": "source", "url": "", "fingerprint": "", "text_sha256": b"", "content": None}
            row |= {"witnesses": "", "meta": "", "text": said["text"], "markdown": said["text"]}
            content = folded(row, before.get(place))["content"]
            before[place] = row | {"content": content}
            if number:
                rest += len(content)
            else:
                first += len(content)
    return first, rest


# ------------------------------------------------------------------------------------------------ git's
def in_git(rounds: Sequence[Sequence[Said]], folder: Path, *, whole: bool) -> tuple[int, int]:
    """Return the bytes of the packfile over all rounds, and of the blobs in it."""
    git(folder.parent, "init", "--quiet", "--initial-branch", "main", str(folder))
    for number, posts in enumerate(rounds):
        for place, said in enumerate(posts):
            words = [said["text"]]
            if whole:
                told = witness(said)
                names = ("kind", "capture_ids", "extractor", "text_sha256", "fingerprint", "meta")
                words += [said["markdown"], said["meta"], json_text({name: getattr(told, name) for name in names})]
            (folder / f"{place}.txt").write_text("\n".join(words), encoding="utf-8")
        git(folder, "add", ".")
        git(folder, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "-m", str(number))
    git(folder, "gc", "--quiet", "--aggressive", "--prune=now")
    told_sizes = subprocess.run(
        ["git", "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize:disk)"],
        cwd=folder, check=True, capture_output=True, text=True,
    ).stdout.split("\n")  # fmt: skip
    blobs = sum(int(line.split()[1]) for line in told_sizes if line.startswith("blob"))
    packs = folder / ".git" / "objects" / "pack"
    return sum(path.stat().st_size for path in packs.glob("*.pack")), blobs


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--archive", help="take the posts out of this archive")
    parser.add_argument("--posts", type=int, default=500)
    parser.add_argument("--edits", type=int, default=5)
    asked = parser.parse_args()
    posts = archived_posts(asked.archive, asked.posts) if asked.archive else made_posts(asked.posts)
    rounds = rounds_of(posts, asked.edits)
    count, edits = len(posts), len(posts) * asked.edits
    mean = sum(len(said["text"].encode()) for said in posts) / count
    print(f"{count} posts with texts of {mean / 1000:.1f} kB, each edited {asked.edits} times")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Archive.open(folder / "archive", create=True) as archive:
            written(archive, rounds)
            told = {
                row["first"]: row["bytes"]
                for row in archive.database.all(
                    "SELECT number = 1 AS first, sum(length(content)) AS bytes FROM version GROUP BY 1"
                )
            }
            rows = archive.database.all("SELECT * FROM version ORDER BY work_id, number")
            plain = sum(len(row[name].encode()) for row in unfolded(archive.database, rows) for name in WORDS)
            read = cpu_of(lambda: [archive.version(row["id"]) for row in rows])
        database = (folder / "archive" / "variorum.sqlite").stat().st_size
        texts_first, texts_rest = text_alone(rounds)
        kept = True
        print(f"{'bytes a version':<44}{'ours':>9}{'git':>9}{'its blobs':>11}")
        for label, first, rest, whole in (
            ("texts alone", texts_first, texts_rest, False),
            ("all that they say", told[1], told.get(0, 0), True),
        ):
            git_first, blobs_first = in_git(rounds[:1], folder / f"first-{whole}", whole=whole)
            git_all, blobs_all = in_git(rounds, folder / f"all-{whole}", whole=whole)
            lines = [("first", first, git_first, blobs_first, count)]
            if edits:
                lines.append(("a small edit", rest, git_all - git_first, blobs_all - blobs_first, edits))
            lines.append(("all", first + rest, git_all, blobs_all, count + edits))
            for name, ours, theirs, blobs, of in lines:
                print(f"{label + ': ' + name:<44}{ours / of:>9,.0f}{theirs / of:>9,.0f}{blobs / of:>11,.0f}")
            kept = kept and first + rest <= git_all
        print(
            f"bytes a version: plain {plain / len(rows):,.0f}; of the whole database {database / len(rows):,.0f}\n"
            f"CPU of reading one: {read / len(rows) * 1e3:.2f} ms"
        )
    raise SystemExit(0 if kept else 1)


if __name__ == "__main__":
    main()
