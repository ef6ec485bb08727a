"""Measure the extractor against bare trafilatura over gold sets that lie elsewhere.

    python benchmarks/extraction.py DATA [--sample N] [--out FOLDER] [--only ours|peer] [--sets NAME …]

DATA holds `SET/gold.jsonl` and the pages that its lines name (`"html"`); `score.py`, the judge, lies beside DATA or is
named by --scorer. Nothing of DATA is copied: FOLDER gets what was predicted, and only there. Every N-th page by hash
makes a sample that stays the same from run to run. CPU is process time of one process, parsing included on both
sides; reading and unpacking the file is not.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Prediction = dict[str, Any]

#: Column heading and where score.py has the figure.
_COLUMNS = (
    ("P", ("shingle", "precision")),
    ("R", ("shingle", "recall")),
    ("F1", ("shingle", "f1")),
    ("snip", ("snippets", "f1")),
    ("comF1", ("comments_multiset", "f1")),
    ("false", ("false_comments",)),
    ("thrF1", ("threads", "f1")),
    ("c.auth", ("threads", "author")),
    ("c.date", ("threads", "date")),
    ("leak", ("comments_in_body",)),
    ("resid", ("residue",)),
    ("title", ("field_title", "accuracy")),
    ("author", ("field_author", "accuracy")),
    ("date", ("field_date", "accuracy")),
)


def main() -> None:
    """Run what the command line asks for and print the table."""
    wanted = _arguments()
    sets = wanted.sets or sorted(path.parent.name for path in wanted.data.glob("*/gold.jsonl"))
    scorer = wanted.scorer or wanted.data.parent / "score.py"
    with tempfile.TemporaryDirectory() as scratch:
        folder = wanted.out or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        golds = [_sampled_gold(wanted.data / name / "gold.jsonl", folder, wanted.sample) for name in sets]
        runs = {
            "ours": (_ours, folder / "ours.jsonl"),
            "peer": (_peer, folder / f"peer-{wanted.sample}.jsonl"),
        }
        reports, costs = {}, {}
        for name, (extract, path) in runs.items():
            if wanted.only in (None, name):
                _predict(extract, wanted.data, golds, path)
            if path.exists():
                costs[name] = _costs(path)
                reports[name] = _score(scorer, path, golds)
        _print(reports, costs)


def _bench() -> Path | None:
    folder = os.environ.get("VARIORUM_BENCH")
    return Path(folder) / "data" if folder else None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", nargs="?", type=Path, default=_bench())
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--sample", type=int, default=1, metavar="N")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", choices=("ours", "peer"), help="run this one; show the other if FOLDER has it")
    parser.add_argument("--sets", nargs="*")
    wanted = parser.parse_args()
    if wanted.data is None or not Path(wanted.data).is_dir():
        parser.error("name the folder of the gold sets, or set VARIORUM_BENCH")
    wanted.data = Path(wanted.data)
    return wanted


# ------------------------------------------------------------------------------------------------ running
def _sampled_gold(path: Path, folder: Path, every: int) -> Path:
    """Write the sample's lines of a gold file to FOLDER/SET/gold.jsonl: score.py names a set after its folder."""
    name = path.parent.name
    target = folder / name / "gold.jsonl"
    target.parent.mkdir(exist_ok=True)
    with path.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8") as out:
        for line in lines:
            key = f"{name}/{json.loads(line)['id']}"
            if int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % every == 0:
                out.write(line)
    return target


def _pages(data: Path, golds: list[Path]) -> Iterator[tuple[str, str, bytes]]:
    """Yield (SET/id, URL, bytes) of every page."""
    for gold in golds:
        name = gold.parent.name
        for line in gold.read_text(encoding="utf-8").rstrip("\n").split("\n"):
            record = json.loads(line)
            body = gzip.decompress((data / name / "html" / f"{record['id']}.html.gz").read_bytes())
            url = record.get("url") or ""
            yield f"{name}/{record['id']}", url if "://" in url else f"http://{url or 'example.org'}/", body


def _predict(extract: Callable[[str, str, bytes], Prediction], data: Path, golds: list[Path], path: Path) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as out:
        for key, url, body in _pages(data, golds):
            started = time.process_time()
            prediction = extract(key, url, body)
            prediction = {"id": key, **prediction, "cpu_ms": 1000 * (time.process_time() - started)}
            out.write(json.dumps(prediction, ensure_ascii=False) + "\n")
    partial.rename(path)


def _ours(key: str, url: str, body: bytes) -> Prediction:
    from extractors.batch import extract_one

    return extract_one({"id": key, "url": url}, body)


def _peer(key: str, url: str, body: bytes) -> Prediction:
    """Trafilatura as it comes, with the string that our own charset ladder reads; a second pass for comments."""
    import trafilatura

    from extractors.document import parse

    html = parse(body, url, None).text
    plain = trafilatura.bare_extraction(html, url=url, include_comments=False)
    started = time.process_time()
    full = trafilatura.bare_extraction(html, url=url, include_comments=True, with_metadata=True)
    extra = time.process_time() - started
    if full is None:
        return {"text": (plain and plain.text) or "", "comments": [], "extra_ms": 1000 * extra}
    return {
        "text": (plain and plain.text) or "",
        "comments": [full.comments] if full.comments else [],
        "title": full.title,
        "author": full.author,
        "date": full.date,
        "extra_ms": 1000 * extra,
    }


# ------------------------------------------------------------------------------------------------ showing
def _costs(path: Path) -> list[float]:
    """Return CPU milliseconds a page, for the peer without its second pass."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").rstrip("\n").split("\n")]
    return [record["cpu_ms"] - record.get("extra_ms", 0.0) for record in records]


def _score(scorer: Path, path: Path, golds: list[Path]) -> dict[str, Any]:
    command = [
        sys.executable,
        str(scorer),
        str(path),
        *map(str, golds),
        "--json",
        "--bootstrap",
        "0",
        "--by",
        "generator",
    ]
    done: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return done


def _print(reports: dict[str, dict[str, Any]], costs: dict[str, list[float]]) -> None:
    print(f"{'':20}{'':5} pages " + " ".join(f"{heading:>6}" for heading, _ in _COLUMNS))
    some = next(iter(reports.values()))
    groups = [("datasets", name) for name in some["datasets"]] + [("all", "")]
    groups += [("by", name) for name, figures in some["by"].items() if figures["pages"] >= 8]
    for kind, name in groups:
        for run, report in reports.items():
            figures = report[kind][name] if name else report[kind]
            cells = (_cell(figures, where) for _, where in _COLUMNS)
            print(f"{name or kind:20.20}{run:5} {figures['pages']:5} " + " ".join(cells))
    for run, times in costs.items():
        ordered = sorted(times)
        print(
            f"CPU {run}: mean {statistics.fmean(times):.1f} ms, median {statistics.median(times):.1f} ms, "
            f"p95 {ordered[int(0.95 * (len(ordered) - 1))]:.1f} ms, {len(times)} pages"
        )


def _cell(figures: dict[str, Any], where: tuple[str, ...]) -> str:
    value: Any = figures
    for key in where:
        value = value.get(key) if isinstance(value, dict) else None
    return f"{value:6.3f}" if isinstance(value, int | float) else " " * 6


if __name__ == "__main__":
    main()
