"""`variorum clean --batch`: lines of JSON in, lines of JSON out, in the same order."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from extractors.batch import rereadable, said
from extractors.profile import SiteProfile, learn_sites, sample, site_of, worth_learning
from extractors.residue.clean import clean


def clean_batch(in_path: str | Path, out_path: str | Path | None, *, memory: bool = True) -> tuple[int, int]:
    """Clean every text of a JSON lines file.

    Args:
        in_path: File of lines `{"id", "raw"}`, UTF-8. Blank lines are passed over. Where five or more tell that they
            are of one site, by "site" or the host of "url", what repeats on its pages is template.
        out_path: File to write to, None for standard output. One line for each line of the input:
            `{"id", "clean", "removed": [{start, end, kind, rule}], "comments": [{author, date, text, start, end}]}`,
            or `{"id", "error"}` where the line could not be read.
        memory: Learn from the texts of each site what repeats in them, and cut it.

    Returns:
        How many texts were cleaned, and how many lines could not be read.

    Raises:
        OSError: A file cannot be opened, read or written.
    """
    good = bad = 0
    with ExitStack() as files:
        source = files.enter_context(rereadable(Path(in_path)))
        out: TextIO = sys.stdout
        if out_path is not None:
            out = files.enter_context(Path(out_path).open("w", encoding="utf-8", newline="\n"))
        for answer in clean_lines(source, memory=memory):
            if "error" in answer:
                bad += 1
            else:
                good += 1
            out.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n")
    return good, bad


def clean_lines(lines: BinaryIO, *, memory: bool = True) -> Iterator[dict[str, Any]]:
    """Yield the answer to each line that is not blank; see `clean_batch`. The lines are read three times."""
    profiles = _learn(lines) if memory else {}
    lines.seek(0)
    for number, line in said(lines):
        yield _answer(number, line, profiles)


def _learn(lines: BinaryIO) -> dict[str, SiteProfile]:
    lines.seek(0)
    sites = worth_learning(site for _, line in said(lines) for site, _ in _text_of_site(line))
    lines.seek(0)
    texts = (found for _, line in said(lines) for found in _text_of_site(line)) if sites else ()
    return learn_sites((site, sample(raw.split("\n"))) for site, raw in texts if site in sites)


def _text_of_site(line: bytes) -> Iterator[tuple[str, str]]:
    """Yield the site and the text of a line, nothing where it has not both."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return
    if isinstance(asked, dict) and isinstance(asked.get("raw"), str) and (site := site_of(asked)):
        yield site, asked["raw"]


def _answer(number: int, line: bytes, profiles: Mapping[str, SiteProfile]) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as trouble:
        return {"id": None, "error": f"line {number} is no JSON in UTF-8: {trouble}"}
    if not isinstance(asked, dict):
        return {"id": None, "error": f'line {number} is no object: write {{"id": …, "raw": …}}'}
    name, raw = asked.get("id"), asked.get("raw")
    if not isinstance(raw, str):
        return {"id": name, "error": f'line {number} has no text: "raw" must be a string'}
    done = clean(raw, profile=profiles.get(site_of(asked) or ""))
    return {
        "id": name,
        "clean": done.clean,
        "removed": [{"start": r.start, "end": r.end, "kind": r.kind, "rule": r.rule} for r in done.removed],
        "comments": [
            {"author": c.author, "date": c.date, "text": c.text, "start": c.start, "end": c.end} for c in done.comments
        ],
    }
