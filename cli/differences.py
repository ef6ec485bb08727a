"""`diff`: what changed from one version to another, or in a thread, paragraph by paragraph and word by word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from cli.options import as_json, moment, open_archive
from cli.output import on_terminal, print_json, say, taken_down, when
from cli.questions import chosen
from variorum.errors import UsageError
from variorum.times import utc_now

if TYPE_CHECKING:
    from datetime import datetime

    from collation.diff import FieldChange, Hunk, Line, Span
    from collation.thread_diff import CommentChange, Said
    from storage.archive import Archive
    from storage.rows import Version, Work

REMOVED, ADDED, MOVED = "red strike", "green", "cyan"
#: facts about a version that are no part of what its author changed
_OURS = frozenset(("removed", "warnings", "disagreements", "platform", "score", "suspect"))
_MARKS = {"added": ("+", ADDED), "gone": ("-", REMOVED), "returned": ("*", ADDED), "came_and_went": ("±", REMOVED)}


@click.command()
@click.argument("url")
@click.argument("a", required=False, metavar="[A]")
@click.argument("b", required=False, metavar="[B]")
@click.option("--from", "from_", metavar="TIME", help="The same as A.")
@click.option("--to", metavar="TIME", help="The same as B.")
@click.option("--thread", is_flag=True, help="Of the comments of a post, between two times.")
@click.option(
    "--context", type=click.IntRange(min=0), default=1, show_default=True, help="Unchanged paragraphs around."
)
@as_json
@click.pass_context
def diff(
    ctx: click.Context,
    url: str,
    a: str | None,
    b: str | None,
    from_: str | None,
    to: str | None,
    thread: bool,
    context: int,
    json_: bool,
) -> None:
    """Show what changed between two versions of a post or comment: words, title, authors, tags, dates, address.

    A and B are numbers of versions, or days. Without them: the last two versions; with A alone: from A to now. In a
    pipe, words are marked [-so-] where taken out and {+so+} where put in; paragraphs that stand elsewhere now have <
    where they stood and > where they stand, with the number of the move.

    With --thread: which comments of a post came, went, came back, were edited or answer another one now.

    \b
    Example:
      variorum diff https://some.blog/a-post/
      variorum diff https://some.blog/a-post/ 1 3
      variorum diff https://some.blog/a-post/ 2026-01-01 2026-06-30
      variorum diff https://some.blog/a-post/ --thread --from 2026-01-01 --to 2026-06-30
    """
    if (a is not None and from_ is not None) or (b is not None and to is not None):
        raise UsageError("A and --from say the same, and so do B and --to: give one of them")
    a, b = a if a is not None else from_, b if b is not None else to
    with open_archive(ctx.obj) as archive:
        work = archive.find_work(url)
        if thread:
            _diff_thread(archive, work, a, b, context, json_=json_)
            return
        old, new = _pair(archive, work, a, b)
        facts = [_facts(version, archive) for version in (old, new)]
    _diff_versions(work, old, new, facts, context, json_=json_)


def _diff_versions(
    work: Work, old: Version, new: Version, facts: Sequence[dict[str, object]], context: int, *, json_: bool
) -> None:
    from collation.diff import diff_fields, diff_texts

    sides = {name: _side(version) for name, version in (("old", old), ("new", new))}
    told = {"url": work.url, "work_id": work.id, **sides}
    if old.takedown is not None:
        if json_:
            print_json({**told, "fields": [], "hunks": [], "takedown": old.takedown})
        else:
            say((taken_down(old.takedown), "yellow"))
        return
    fields = diff_fields(*facts)
    hunks = diff_texts(old.text, new.text)
    if json_:
        print_json({**told, "fields": fields, "hunks": hunks})
        return
    say(("--- ", "red"), _heading(old))
    say(("+++ ", "green"), _heading(new))
    for change in fields:
        _print_field(change)
    if all(hunk.kind == "equal" for hunk in hunks):
        say("The text is the same.")
        return
    _print_hunks(hunks, context)


def _print_hunks(hunks: Sequence[Hunk], context: int, indent: str = "") -> None:
    from collation.diff import layout, unified

    if on_terminal():
        for line in layout(hunks, context=context):
            say(indent, *_styled(line))
    else:
        for text in unified(hunks, context=context).splitlines():
            say(indent + text)
    if any(hunk.detail not in (None, "words") for hunk in hunks):
        say(indent, ("Some passages are too long to be compared word by word.", "yellow"))


# ------------------------------------------------------------------------------------------------ threads
def _diff_thread(archive: Archive, work: Work, a: str | None, b: str | None, context: int, *, json_: bool) -> None:
    from collation.thread_diff import counts, diff_threads

    if work.work_type == "comment":
        raise UsageError(f"{work.url} is a comment: name its post, whose thread it is in")
    if a is None:
        raise UsageError("say from when on: variorum diff URL --thread --from 2026-01-01")
    begin, end = _time(a), _time(b) if b is not None else utc_now()
    if begin > end:
        raise UsageError("nothing is between two dates of which the first is the later one")
    old, new = ({item.id: (item, said) for item, said in archive.thread(work.id, at)} for at in (begin, end))
    changes = diff_threads(_comments(old.values()), _comments(new.values()))
    if json_:
        told = [
            {
                "work_id": change.key,
                "url": new[change.key][0].url,
                "native_id": new[change.key][0].native_id,
                "what": change.what,
                "old": _comment_side(old.get(change.key)),
                "new": _comment_side(new.get(change.key)),
                "fields": change.fields,
                "hunks": change.hunks,
                "takedown": new[change.key][1].takedown,
            }
            for change in changes
        ]
        span = {"from": begin, "to": end, "counts": counts(changes)}
        print_json({"url": work.url, "work_id": work.id, **span, "comments": told})
        return
    title = " ".join(work.title.split()) or work.url
    say((title, "bold"), f": comments from {when(begin)} to {when(end)}")
    if not changes:
        say("Nothing changed among the comments.")
        return
    say(", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in counts(changes).items() if count))
    for change in changes:
        say()
        _print_comment(change, old.get(change.key), new[change.key], context)


def _time(text: str) -> datetime:
    try:
        return moment(text)
    except UsageError as error:
        raise UsageError(f"{error}: a thread is compared between two times") from error


def _comments(found: Iterable[tuple[Work, Version]]) -> dict[int, Said]:
    from collation.thread_diff import Said

    return {
        work.id: Said(
            text=version.text,
            facts=_facts(version),
            is_gone=version.kind in ("gone", "takedown"),
            is_taken_down=version.takedown is not None,
        )
        for work, version in found
    }


def _comment_side(found: tuple[Work, Version] | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {**_side(found[1]), "author": found[1].meta.get("author"), "text": found[1].text}


def _print_comment(
    change: CommentChange, old: tuple[Work, Version] | None, new: tuple[Work, Version], context: int
) -> None:
    work, version = new
    mark, style = _MARKS.get(change.what[0], ("~", "yellow"))
    known = old[1] if old is not None and version.kind == "gone" else version
    what = ", ".join(change.what).replace("_", " ") + (" by newer rules" if version.kind == "technical" else "")
    say((f"{mark} {what}: ", style), (str(known.meta.get("author") or "?"), "bold"), (f"  {work.url}", "dim"))
    if version.takedown is not None:
        say("    ", (taken_down(version.takedown), "yellow"))
        return
    for field in change.fields:
        _print_field(field, indent="    ")
    if change.hunks:
        _print_hunks(change.hunks, context, indent="    ")
    elif change.what[0] in _MARKS:
        for line in known.text.splitlines():
            say("    ", (line, style if change.what[0] != "returned" else ""))


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


def _facts(version: Version, archive: Archive | None = None) -> dict[str, object]:
    """Return what a version says beside its text; with an archive, its address too."""
    told = {"title": version.title, **{name: value for name, value in version.meta.items() if name not in _OURS}}
    if archive is not None and version.takedown is None:
        told["url"] = archive.record(version.id)["url"]
    return told


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


def _print_field(change: FieldChange, indent: str = "") -> None:
    if change.removed or change.added:
        gone = [(f" -{_short(value)}", REMOVED) for value in change.removed]
        come = [(f" +{_short(value)}", ADDED) for value in change.added]
        say(indent, (f"{change.name}:", "bold"), *gone, *come)
    else:
        say(
            indent,
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


def _styled(line: Line) -> list[tuple[str, str]]:
    """Return a line as it is drawn."""
    if line.mark in " …":
        return [("  " + line.spans[0].text, "dim")]
    if line.mark in "-+":
        return [(f"{line.mark} {line.spans[0].text}", REMOVED if line.mark == "-" else ADDED)]
    number = f"[{line.move}] " if line.move is not None else ""
    plain = MOVED if line.move is not None else ""
    return [(f"{line.mark} {number}", plain or "yellow"), *(_span(span, plain) for span in line.spans)]


def _span(span: Span, plain: str) -> tuple[str, str]:
    return span.text, {"equal": plain, "delete": REMOVED, "insert": ADDED}[span.kind]
