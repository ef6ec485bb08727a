"""`backup`, `restore`, `prune` and `stats`: the archive as a thing on a disk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import as_json, duration, open_archive
from cli.output import Column, amount, print_json, say, size, table
from cli.progress import Progress
from cli.trouble import Stopped

if TYPE_CHECKING:
    from storage.backup import Copied
    from storage.retention import Pruned


@click.command()
@click.argument("dest", type=click.Path(path_type=Path))
@as_json
@click.pass_context
def backup(ctx: click.Context, dest: Path, json_: bool) -> None:
    """Copy the archive to another folder, or bring the copy there up to date. Others may go on writing meanwhile.

    What is in DEST is an archive itself: it answers with --archive DEST, and `variorum --archive DEST check --deep`
    proves it. Bytes that a takedown destroyed leave the copy too. Interrupted, the copy of before is still whole.

    \b
    Example:
      variorum backup /mnt/other-disk/blogs
    """
    from storage.backup import backup as copy

    with Progress("backup") as progress:
        done = copy(Path(ctx.obj), dest, progress)
    _print(done, str(dest), json_)


@click.command()
@click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path, exists=True, file_okay=False))
@as_json
@click.pass_context
def restore(ctx: click.Context, source: Path, json_: bool) -> None:
    """Make the archive anew out of a backup, in a folder where nothing is yet.

    \b
    Example:
      VARIORUM_ARCHIVE=./archive variorum restore /mnt/other-disk/blogs
    """
    from storage.backup import restore as copy

    with Progress("restore") as progress:
        done = copy(source, Path(ctx.obj), progress)
    _print(done, ctx.obj, json_)


def _print(done: Copied, where: str, json_: bool) -> None:
    if json_:
        print_json(done)
        return
    say(
        (where, "bold"),
        f"  {amount(done.files, 'file')}, of which {done.copied} copied now and {done.removed} removed, "
        f"{size(done.bytes_copied)}; up to event {done.last_seq}",
    )
    say(f"prove it: variorum --archive {where} check --deep")


@click.command()
@click.argument("source", required=False)
@click.option(
    "--unchanged", metavar="AGE", callback=duration, help="Drop visits that found what those around them did."
)
@click.option("--failed", metavar="AGE", callback=duration, help="Drop visits that brought no page: errors, 4xx, 5xx.")
@click.option(
    "--captures", metavar="AGE", callback=duration, help="Drop pages in between, from which no text was read."
)
@click.option("--repack", is_flag=True, help="Take packs apart that hold such pages, so that their bytes go too.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@as_json
@click.pass_context
def prune(
    ctx: click.Context,
    source: str | None,
    unchanged: int | None,
    failed: int | None,
    captures: int | None,
    repack: bool,
    dry_run: bool,
    json_: bool,
) -> None:
    """Drop visits older than an AGE (365d, 52w) that nothing rests on. Nothing is ever dropped unless you ask for it.

    What stays, whatever its age: all that a version was read from or witnessed by, the first and last visit of each
    address, both ends of each time in which it was the same, what a takedown names. So every text, its history, its
    provenance and its bytes are the same afterwards. It may be stopped; the same command goes on.

    \b
    Example:
      variorum prune --unchanged 365d --failed 90d --dry-run
    """
    from storage.retention import Policy
    from storage.retention import prune as drop

    policy = Policy(unchanged=_age(unchanged), failed=_age(failed), captures=_age(captures))
    try:
        with open_archive(ctx.obj) as archive, Progress("prune") as progress:
            done = drop(archive, source, policy, dry_run=dry_run, repack=repack, progress=progress)
    except KeyboardInterrupt:
        raise Stopped("stopped. What was dropped stays so; running the same command again goes on.") from None
    if json_:
        print_json(done)
    else:
        _print_pruned(done)


def _age(span_s: int | None) -> timedelta | None:
    return timedelta(seconds=span_s) if span_s is not None else None


def _print_pruned(done: Pruned) -> None:
    total = sum(done.visits.values())
    if not total and not done.segments:
        say("There is nothing that may go.")
        return
    rules = ", ".join(f"{count:,} {rule}" for rule, count in sorted(done.visits.items()))
    verb = "would go" if done.dry_run else "went"
    say(
        f"{amount(total, 'visit')} {verb}"
        + (f" ({rules})" if rules else "")
        + f", {amount(done.captures, 'body', 'bodies')}"
        f", {size(done.records_bytes)} of records"
    )
    if done.in_packs:
        say(f"{amount(done.in_packs, 'record')} lie in packs and take their room still: --repack takes those apart")
    if done.segments:
        say(f"{amount(done.segments, 'WARC file')} written anew, {size(done.freed_bytes)} smaller")
    for name in done.kept:
        say(("left as it is  ", "yellow"), f"{name}: it is being written; the next prune goes on with it")


@click.command()
@click.argument("source", required=False)
@as_json
@click.pass_context
def stats(ctx: click.Context, source: str | None, json_: bool) -> None:
    """Show how large the archive is, what takes the room, and how each source has grown in thirty days.

    \b
    Example:
      variorum stats
      variorum stats some.blog --json
    """
    from storage.stats import stats as measure

    with open_archive(ctx.obj) as archive:
        found = measure(archive, source)
    if json_:
        print_json(found)
        return
    say(("rows", "bold"), f"  {size(found.database_bytes)}")
    for name, count in found.rows.items():
        room = found.table_bytes.get(name)
        say(f"  {name:<10}{count:>14,}" + (f"  {size(room):>10}" if room is not None else ""))
    for name, (files, taken) in found.files.items():
        say((name, "bold"), f"  {size(taken)} in {amount(files, 'file')}")
    for name, (records, taken) in (("first captures", found.first_captures), ("revisits", found.revisits)):
        say(f"  {name:<16}{records:>10,}  {size(taken):>10}")
    if found.sources:
        say("")
    columns = [
        Column("source"),
        *(
            Column(name, right=True)
            for name in ("posts", "comments", "versions", "visits", "bodies", "stored", "new versions", "new stored")
        ),
    ]
    table(
        columns,
        [
            (
                one.slug,
                f"{one.posts:,}",
                f"{one.comments:,}",
                f"{one.versions:,}",
                f"{one.visits:,}",
                size(one.received),
                size(one.stored),
                f"{one.new_versions:,}",
                size(one.new_stored),
            )
            for one in found.sources
        ],
    )
