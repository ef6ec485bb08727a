"""`search` and `changes`: find by words, and follow what happens."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING, get_args

import click

from cli.options import as_json, as_moment, open_archive
from cli.output import print_json, say, when
from variorum.errors import UsageError
from variorum.records import VersionKind

if TYPE_CHECKING:
    from storage.rows import Hit

POLL_S = 1.0  #: between two looks of --follow


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--source", help="In this blog only.")
@click.option("--from", "from_", metavar="TIME", callback=as_moment, help="Published on this day or later.")
@click.option("--to", metavar="TIME", callback=as_moment, help="Published on this day or before.")
@click.option("--lang", help="In this language: en, ja, ar.")
@click.option("--comments/--no-comments", default=None, help="Comments alone, or none; both otherwise.")
@click.option(
    "--all-versions", is_flag=True, help="Earlier texts too, and those that are gone, behind the current ones."
)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="So many at most.")
@click.option("--after", metavar="CURSOR", help="Go on behind this one: `cursor` of the last hit before.")
@as_json
@click.pass_context
def search(
    ctx: click.Context,
    query: tuple[str, ...],
    source: str | None,
    from_: datetime | None,
    to: datetime | None,
    lang: str | None,
    comments: bool | None,
    all_versions: bool,
    limit: int,
    after: str | None,
    json_: bool,
) -> None:
    """Find posts and comments whose current text holds all the words.

    "Words in quotes" must stand side by side; fros* finds what begins so. Those come first that have all the words in
    their titles, then those where they stand side by side, the newest first; of very many, the newest 500 are put in
    order, then the next 500.

    \b
    Example:
      variorum search frost roses
      variorum search '"late frost"' --lang en --no-comments
      variorum search frost --from 2024-01-01 --to 2024-06-30 --all-versions
    """
    if from_ is not None:
        from_ = _beginning(from_)
    with open_archive(ctx.obj) as archive:
        hits = archive.search(
            " ".join(query),
            source_id=archive.source(source).id if source else None,
            from_=from_,
            to=to,
            lang=lang,
            comments=comments,
            all_versions=all_versions,
            after=after,
            limit=limit,
        )
        if json_:
            for hit in hits:
                print_json(
                    {
                        "url": hit.work.url,
                        "snippet": hit.snippet,
                        "cursor": hit.cursor,
                        "version": {
                            "number": hit.version.number,
                            "is_current": hit.is_current,
                            "first_seen": hit.version.observed_first,
                            "last_seen": hit.version.observed_last,
                        },
                        "work": hit.work,
                        "record": archive.record(hit.version.id),
                    }
                )
            return
    if not hits:
        say("Nothing is found.")
    for hit in hits:
        title = hit.version.title or f"{hit.work.work_type} by {hit.version.meta.get('author') or '?'}"
        say((" ".join(title.split()), "bold"), (f"  {hit.work.url}", "dim"), f"  {_seen(hit)}")
        say("    ", *_marked(" ".join(hit.snippet.split())))
    if len(hits) == limit:
        click.echo(f"there may be more: --after {hits[-1].cursor}", err=True)


def _seen(hit: Hit) -> str:
    first, last = (when(at)[:10] for at in (hit.version.observed_first, hit.version.observed_last))
    return first if hit.is_current else f"version {hit.version.number} of {hit.work.versions}, seen {first} to {last}"


def _beginning(at: datetime) -> datetime:
    """A bare day means its last moment; as the begin of a span it means its first."""
    if (at.hour, at.minute, at.second, at.microsecond) == (23, 59, 59, 999_999):
        return at.replace(hour=0, minute=0, second=0, microsecond=0)
    return at.replace(microsecond=0) if at.microsecond == 999_999 else at


def _marked(snippet: str) -> list[tuple[str, str]]:
    """Return a snippet with what stands between « and » in colour."""
    spans: list[tuple[str, str]] = []
    for part in snippet.split("«"):
        found, mark, rest = part.partition("»")
        if mark and spans:
            spans += [("«" + found + "»", "bold yellow"), (rest, "")]
        else:
            spans.append((part if not spans else "«" + part, ""))
    return spans


@click.command()
@click.option(
    "--after", type=click.IntRange(min=0), default=0, metavar="SEQ", help="Only what came behind this number."
)
@click.option("--follow", is_flag=True, help="Wait for more; Ctrl-C ends it.")
@click.option("--kinds", metavar="KIND,…", help=f"Of these kinds only: {', '.join(get_args(VersionKind))}.")
@click.option("--source", help="Of this blog only.")
@click.option("--limit", type=click.IntRange(min=1), help="So many at most.")
@click.option("--json", "json_", is_flag=True, help="As always here: one record on each line.")
@click.pass_context
def changes(
    ctx: click.Context,
    after: int,
    follow: bool,
    kinds: str | None,
    source: str | None,
    limit: int | None,
    json_: bool,
) -> None:
    """Print what changed, as JSON: one record of schema variorum/1 on each line, in order of its number `seq`.

    Keep the last `seq` and give it as --after the next time: nothing is missed, nothing comes twice.

    \b
    Example:
      variorum changes --after 120 --kinds source,gone
      variorum changes --follow
    """
    wanted = _kinds(kinds)
    with open_archive(ctx.obj) as archive:
        source_id = archive.source(source).id if source else None
        left = limit
        while True:
            for record in archive.changes(after, kinds=wanted, source_id=source_id, limit=left):
                print_json(record)
                after = record["seq"]
                left = left - 1 if left is not None else None
            sys.stdout.flush()
            if not follow or left == 0:
                return
            time.sleep(POLL_S)


def _kinds(text: str | None) -> set[str] | None:
    if text is None:
        return None
    found = {kind.strip() for kind in text.split(",") if kind.strip()}
    if unknown := found - set(get_args(VersionKind)):
        raise UsageError(f"there is no kind {', '.join(sorted(unknown))}: {', '.join(get_args(VersionKind))}")
    return found or None
