"""`diff`: what changed from one version to another, paragraph by paragraph and word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cli.options import as_json, moment, open_archive
from cli.output import on_terminal, print_json, say, taken_down, when
from cli.questions import chosen
from variorum.errors import UsageError

if TYPE_CHECKING:
    from collation.diff import FieldChange, Hunk, Span
    from storage.archive import Archive
    from storage.rows import Version, Work

REMOVED, ADDED = "red strike", "green"
#: facts about a version that are no part of what its author changed
_OURS = frozenset(("removed", "warnings", "disagreements", "platform", "score", "suspect"))


@click.command()
@click.argument("url")
@click.argument("a", required=False, metavar="[A]")
@click.argument("b", required=False, metavar="[B]")
@click.option(
    "--context", type=click.IntRange(min=0), default=1, show_default=True, help="Unchanged paragraphs around."
)
@as_json
@click.pass_context
def diff(ctx: click.Context, url: str, a: str | None, b: str | None, context: int, json_: bool) -> None:
    """Show what changed between two versions of a post or comment: words, title, authors, tags, dates.

    A and B are numbers of versions, or days. Without them: the last two versions; with A alone: from A to now. In a
    pipe, words are marked [-so-] where taken out and {+so+} where put in.

    \b
    Example:
      variorum diff https://some.blog/a-post/
      variorum diff https://some.blog/a-post/ 1 3
      variorum diff https://some.blog/a-post/ 2026-01-01 2026-06-30
    """
    from collation.diff import diff_fields, diff_texts, unified

    with open_archive(ctx.obj) as archive:
        work = archive.find_work(url)
        old, new = _pair(archive, work, a, b)
    if old.takedown is not None:
        if json_:
            sides = {name: _side(version) for name, version in (("old", old), ("new", new))}
            told = {**sides, "fields": [], "hunks": [], "takedown": old.takedown}
            print_json({"url": work.url, "work_id": work.id, **told})
        else:
            say((taken_down(old.takedown), "yellow"))
        return
    fields = diff_fields(_facts(old), _facts(new))
    hunks = diff_texts(old.text, new.text)
    if json_:
        sides = {name: _side(version) for name, version in (("old", old), ("new", new))}
        print_json({"url": work.url, "work_id": work.id, **sides, "fields": fields, "hunks": hunks})
        return
    say(("--- ", "red"), _heading(old))
    say(("+++ ", "green"), _heading(new))
    for change in fields:
        _print_field(change)
    if all(hunk.kind == "equal" for hunk in hunks):
        say("The text is the same.")
        return
    if on_terminal():
        _draw(hunks, context)
    else:
        say(unified(hunks, context=context).rstrip("\n"))


def _pair(archive: Archive, work: Work, a: str | None, b: str | None) -> tuple[Version, Version]:
    if a is None:
        if work.versions < 2:
            raise UsageError(f"{work.url} has one version only: there is nothing to compare it with")
        return chosen(archive, work, None, work.versions - 1), chosen(archive, work, None, work.versions)
    return _point(archive, work, a), _point(archive, work, b) if b is not None else chosen(archive, work, None, None)


def _point(archive: Archive, work: Work, text: str) -> Version:
    if text.isdecimal() and len(text) < 9:
        return chosen(archive, work, None, int(text))
    try:
        at = moment(text)
    except UsageError as error:
        raise UsageError(f"{error}, or the number of a version") from error
    return chosen(archive, work, at, None)


def _facts(version: Version) -> dict[str, object]:
    return {"title": version.title, **{name: value for name, value in version.meta.items() if name not in _OURS}}


def _side(version: Version) -> dict[str, object]:
    return {
        "version_no": version.number,
        "version_id": version.id,
        "kind": version.kind,
        "first_seen": version.observed_first,
        "last_seen": version.observed_last,
        "text_sha256": version.text_sha256,
    }


def _heading(version: Version) -> str:
    seen = f"seen {when(version.observed_first)} to {when(version.observed_last)}"
    return f"version {version.number} ({version.kind}), {seen}"


def _print_field(change: FieldChange) -> None:
    if change.removed or change.added:
        gone = [(f" -{_short(value)}", REMOVED) for value in change.removed]
        come = [(f" +{_short(value)}", ADDED) for value in change.added]
        say((f"{change.name}:", "bold"), *gone, *come)
    else:
        say(
            (f"{change.name}: ", "bold"),
            (_short(change.old) or "(none)", REMOVED),
            " → ",
            (_short(change.new) or "(none)", ADDED),
        )


def _short(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("name") or value.get("url") or value)
    if isinstance(value, list | tuple):
        return ", ".join(_short(item) for item in value)
    return "" if value is None else str(value)


def _draw(hunks: Sequence[Hunk], context: int) -> None:
    say()
    for number, hunk in enumerate(hunks):
        if hunk.kind == "equal":
            before = context if number else 0
            after = context if number < len(hunks) - 1 else 0
            left_out = len(hunk.old) - before - after
            shown = (
                list(hunk.old)
                if left_out <= 1
                else [*hunk.old[:before], f"… {left_out} paragraphs unchanged …", *hunk.old[len(hunk.old) - after :]]
            )
            for line in shown:
                say(("  " + line, "dim"))
        elif hunk.kind == "replace":
            say(("~ ", "yellow"), *map(_styled, hunk.spans))
        else:
            for line in hunk.old:
                say((f"- {line}", REMOVED))
            for line in hunk.new:
                say((f"+ {line}", ADDED))


def _styled(span: Span) -> tuple[str, str]:
    return span.text, {"equal": "", "delete": REMOVED, "insert": ADDED}[span.kind]
