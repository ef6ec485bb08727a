"""`variorum clean --batch`: lines of JSON in, lines of JSON out, in the same order."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from extractors.residue.clean import clean


def clean_batch(in_path: str | Path, out_path: str | Path | None) -> tuple[int, int]:
    """Clean every text of a JSON lines file.

    Args:
        in_path: File of lines `{"id", "raw"}`, UTF-8. Blank lines are passed over.
        out_path: File to write to, None for standard output. One line for each line of the input:
            `{"id", "clean", "removed": [{start, end, kind, rule}], "comments": [{author, date, text, start, end}]}`,
            or `{"id", "error"}` where the line could not be read.

    Returns:
        How many texts were cleaned, and how many lines could not be read.

    Raises:
        OSError: A file cannot be opened, read or written.
    """
    good = bad = 0
    with ExitStack() as files:
        source = files.enter_context(Path(in_path).open("rb"))
        out: TextIO = sys.stdout
        if out_path is not None:
            out = files.enter_context(Path(out_path).open("w", encoding="utf-8", newline="\n"))
        for answer in clean_lines(source):
            if "error" in answer:
                bad += 1
            else:
                good += 1
            out.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n")
    return good, bad


def clean_lines(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the answer to each line that is not blank; see `clean_batch`."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _answer(number, line)


def _answer(number: int, line: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as trouble:
        return {"id": None, "error": f"line {number} is no JSON in UTF-8: {trouble}"}
    if not isinstance(asked, dict):
        return {"id": None, "error": f'line {number} is no object: write {{"id": …, "raw": …}}'}
    name, raw = asked.get("id"), asked.get("raw")
    if not isinstance(raw, str):
        return {"id": name, "error": f'line {number} has no text: "raw" must be a string'}
    done = clean(raw)
    return {
        "id": name,
        "clean": done.clean,
        "removed": [{"start": r.start, "end": r.end, "kind": r.kind, "rule": r.rule} for r in done.removed],
        "comments": [
            {"author": c.author, "date": c.date, "text": c.text, "start": c.start, "end": c.end} for c in done.comments
        ],
    }
