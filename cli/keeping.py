"""`backup`, `restore` and `stats`: the archive as a thing on a disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import as_json, open_archive
from cli.output import Column, amount, print_json, say, size, table
from cli.progress import Progress

if TYPE_CHECKING:
    from storage.backup import Copied


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
