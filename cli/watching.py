"""`sources` and `status`: what is watched, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import click

from cli.options import as_json, open_archive, seconds
from cli.output import Column, amount, print_json, say, table, when


@click.command()
@as_json
@click.pass_context
def sources(ctx: click.Context, json_: bool) -> None:
    """List the blogs that are watched.

    \b
    Example:
      variorum sources
    """
    with open_archive(ctx.obj) as archive:
        found = archive.sources()
    if json_:
        for source in found:
            print_json(source)
        return
    if not found:
        say("No blog is watched yet: variorum add https://some.blog")
        return
    table(
        [Column("source", style="bold"), Column("address"), Column("name", wrap=True), Column("platform"),
         Column("every"), Column("last ingest")],
        [
            (item.slug, item.url, item.name, item.platform or "?", seconds(item.every_s), when(item.last_ingest_at))
            for item in found
        ],
    )  # fmt: skip


@click.command()
@click.argument("source", required=False)
@as_json
@click.pass_context
def status(ctx: click.Context, source: str | None, json_: bool) -> None:
    """Say how the blogs stand: what is due, what fails, what is read worse than before, which threads have gaps.

    \b
    Example:
      variorum status
    """
    with open_archive(ctx.obj) as archive:
        found = archive.status(source)
    if json_:
        for item in found:
            print_json(item)
        return
    if not found:
        say("No blog is watched yet: variorum add https://some.blog")
        return
    table(
        [Column("source", style="bold"), Column("posts", right=True), Column("comments", right=True),
         Column("gone", right=True), Column("thread gaps", right=True), Column("doubtful", right=True),
         Column("failing", right=True), Column("last ingest"), Column("result"), Column("due")],
        [
            (item.slug, item.posts, item.comments, item.gone, item.incomplete_threads, item.suspect,
             item.failing_count, when(item.last_ingest_at), item.last_result, "now" if item.due else "")
            for item in found
        ],
    )  # fmt: skip
    for item in found:
        if item.quality and item.quality["drift"]:
            since = when(datetime.fromisoformat(str(item.quality["since"])))
            say((f"\n{item.slug}", "bold"), ": its pages are read worse than before, since ", since)
            say(("  " + str(item.quality["drift"]), "red"))
        if item.failing:
            say((f"\n{item.slug}", "bold"), f": {amount(item.failing_count, 'address', 'addresses')} failing")
            for reason, addresses in _by_reason(item.failing).items():
                say(("  " + reason, "red"))
                for address in addresses:
                    say("    " + address)
            if item.failing_count > len(item.failing):
                say(f"  … and {item.failing_count - len(item.failing)} more")


def _by_reason(failing: Iterable[str]) -> dict[str, list[str]]:
    """Return what went wrong → the addresses, of lines "address: what": a host that is down fails in many places."""
    found: dict[str, list[str]] = {}
    for line in failing:
        address, _, reason = line.partition(": ")
        found.setdefault(reason, []).append(address)
    return found
