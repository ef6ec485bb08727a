"""Measure the cleaner of plain text beside trafilatura, on the same annotated texts and with the same score.

Usage: python benchmarks/residue.py GOLD.jsonl --scorer SCORE.py [--json]

GOLD holds a document a line (`id, raw, residue, neutral, hard, comments`), SCORE.py has `evaluate(gold, pred)`.
Both may also be named by VARIORUM_RESIDUE_GOLD and VARIORUM_RESIDUE_SCORER. Trafilatura, which wants HTML, gets each
line of the text as a paragraph.
"""

from __future__ import annotations

import argparse
import html
import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trafilatura

from extractors.residue import clean, digest

FIGURES = ("removal", "precision", "f1", "loss", "docs_damaged", "line_f1", "exact", "hard_damage")


def by_variorum(text: str) -> dict[str, Any]:
    """Return what variorum makes of a text."""
    cleaned = clean(text)
    comments = [{"author": c.author, "date": c.date, "text": c.text} for c in cleaned.comments]
    return {"clean": cleaned.clean, "comments": comments}


def by_trafilatura(text: str) -> dict[str, Any]:
    """Return what trafilatura makes of a text, without its comments."""
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip())
    page = f"<html><body><article>{paragraphs}</article></body></html>"
    return {"clean": trafilatura.extract(page, include_comments=False) or ""}


def unchanged(text: str) -> dict[str, Any]:
    """Return a text as it is."""
    return {"clean": text}


def measure(gold: list[dict[str, Any]], tool: Callable[[str], dict[str, Any]], scorer: Any) -> dict[str, Any]:
    """Return the figures of one tool, and its CPU time in milliseconds for 5,000 characters."""
    tool(gold[0]["raw"])  # whatever is read once
    started = time.process_time()
    predictions = {document["id"]: tool(document["raw"]) for document in gold}
    spent = time.process_time() - started
    report: dict[str, Any] = scorer.evaluate(gold, predictions)["all"]
    report["ms_per_5k"] = spent * 1000 * 5000 / sum(len(document["raw"]) for document in gold)
    return report


def main() -> None:
    """Print a row for each tool."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("gold", nargs="?", default=os.environ.get("VARIORUM_RESIDUE_GOLD"))
    parser.add_argument("--scorer", default=os.environ.get("VARIORUM_RESIDUE_SCORER"))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not asked.gold or not asked.scorer:
        parser.error("name the annotated texts and the scorer")
    spec = importlib.util.spec_from_file_location("scorer", asked.scorer)
    if spec is None or spec.loader is None:
        parser.error(f"{asked.scorer} is no Python file")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    lines = Path(asked.gold).read_text(encoding="utf-8").splitlines()
    gold = [json.loads(line) for line in lines if line.strip()]
    tools = {"variorum": by_variorum, "trafilatura": by_trafilatura, "unchanged": unchanged}
    rows = {name: measure(gold, tool, scorer) for name, tool in tools.items()}
    if asked.json:
        json.dump({"catalogue": digest(), "documents": len(gold), **rows}, sys.stdout, ensure_ascii=False, indent=1)
        print()
        return
    print(f"{len(gold)} documents, catalogue {digest()[:12]}")
    print(f"{'':13}" + "".join(f"{name:>13}" for name in (*FIGURES, "ms_per_5k")))
    for name, row in rows.items():
        print(f"{name:13}" + "".join(f"{row[figure]:>13.4f}" for figure in (*FIGURES, "ms_per_5k")))
    print("comments", {key: round(value, 3) for key, value in rows["variorum"].get("comments", {}).items()})


if __name__ == "__main__":
    main()
