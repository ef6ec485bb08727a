"""`check`, `compact`, `reextract`, `move`: is the archive sound, is it small, do its texts follow the rules of today,
where are its rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import as_json, open_archive, settings
from cli.output import amount, print_json, say, size
from cli.progress import Progress
from cli.trouble import ARCHIVE_TROUBLE, FAILED, Stopped
from variorum.errors import UsageError

if TYPE_CHECKING:
    from flows.reextraction import Reextracted
    from storage.packing.compact import Compacted


@click.command()
@click.option("--deep", is_flag=True, help="Read all bytes again and compare their digests; takes as long as the disk.")
@as_json
@click.pass_context
def check(ctx: click.Context, deep: bool, json_: bool) -> None:
    """Prove that the archive is sound: bytes, references, order of events. Exit code 3 if it is not.

    \b
    Example:
      variorum check --deep
    """
    with open_archive(ctx.obj) as archive, Progress("check") as progress:
        findings = archive.check(deep, progress)
    if json_:
        for finding in findings:
            print_json(finding)
    elif not findings:
        say(("sound", "green"), "" if deep else ": references and events; --deep reads all bytes too")
    else:
        for finding in findings:
            say((finding.kind, "bold red"), f"  {finding.where}: {finding.what}")
            say(("  → ", "dim"), finding.advice)
        say(f"\n{amount(len(findings), 'finding')}.")
    if findings:
        ctx.exit(ARCHIVE_TROUBLE)


@click.command()
@click.argument("database", metavar="URL")
@as_json
@click.pass_context
def move(ctx: click.Context, database: str, json_: bool) -> None:
    """Move the archive's rows from its SQLite file to an empty PostgreSQL database; WARC files stay where they are.

    What was moved is compared before the archive uses it; nothing is changed if anything is wrong. The old file is kept
    as variorum.sqlite.moved, and can be read but not written any more.

    \b
    Example:
      variorum move postgresql://ann@db.example/blogs
    """
    from storage.engines.moving import move as move_rows
    from storage.engines.place import without_password

    with Progress("move") as progress:
        moved = move_rows(Path(ctx.obj), database, progress)
    if json_:
        print_json({"database": without_password(database), "rows": moved})
    else:
        say(("moved", "green"), f"  {amount(sum(moved.values()), 'row')} to {without_password(database)}")


@click.command()
@click.argument("source", required=False)
@click.option("--dry-run", is_flag=True, help="Fold and compare, then throw the packs away: says what it would save.")
@click.option("--undo", is_flag=True, help="Make WARC files of packs again.")
@as_json
@click.pass_context
def compact(ctx: click.Context, source: str | None, dry_run: bool, undo: bool, json_: bool) -> None:
    """Fold WARC files that are closed into packs, a tenth of their size or less, and take them away.

    Every record is read back from the pack and compared byte for byte before its file goes; `export --format warc`
    gives the same records as before. It may be killed at any time, and run while ingests write: what they write is left
    alone. Nothing else ever does it, so an archive that is to stay plain WARC stays so. First it folds texts that an
    older variorum left plain in the database.

    \b
    Example:
      variorum compact --dry-run
    """
    if undo:
        if dry_run:
            raise UsageError("--dry-run is for folding, not for --undo")
        with open_archive(ctx.obj) as archive:
            made = archive.unpack(source)
        if json_:
            print_json({"segments": made})
        else:
            say(f"{amount(len(made), 'WARC file')} made of packs again.")
        return
    try:
        with open_archive(ctx.obj) as archive, Progress("compact") as progress:
            done = archive.compact(source, dry_run=dry_run, progress=progress)
    except KeyboardInterrupt:
        raise Stopped("stopped. What was packed stays so; running the same command again goes on.") from None
    if json_:
        print_json(done)
    else:
        _print_compacted(done)


def _print_compacted(done: Compacted) -> None:
    if done.texts:
        verb = "would be" if done.dry_run else "were"
        say(f"The texts of {amount(done.texts, 'version')} {verb} folded in their rows.")
    if done.segments:
        verb = "would become" if done.dry_run else "became"
        say(
            f"{amount(done.segments, 'WARC file')} of {size(done.bytes_before)} {verb} "
            f"{amount(len(done.packs), 'pack')} of {size(done.bytes_after)}, "
            f"{done.bytes_before / done.bytes_after:.1f} times smaller: {amount(done.records, 'record')}, "
            f"{amount(done.keyframes, 'exchange')} kept whole, {amount(done.patches, 'exchange')} as patches"
        )
    else:
        say("There is no closed WARC file to be folded.")
    if done.as_they_came:
        say(f"{done.as_they_came} of {amount(done.coded, 'coded body', 'coded bodies')} had to stay coded")
    for kept in done.kept:
        say(("left as it is  ", "yellow"), f"{kept.file}: {kept.reason}")


@click.command()
@click.argument("source", required=False)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that extract.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@as_json
@click.pass_context
def reextract(ctx: click.Context, source: str | None, jobs: int, dry_run: bool, json_: bool) -> None:
    """Read archived pages again with the rules of today. What differs becomes a version of kind "technical".

    It is ours and not the author's, so it never counts as an edit. Nothing is fetched.

    \b
    Example:
      variorum reextract --dry-run
    """
    from flows import steps

    try:
        with Progress("reextract") as progress:
            found = steps.reextract(ctx.obj, source, settings(ctx.obj), jobs=jobs, dry_run=dry_run, progress=progress)
    except KeyboardInterrupt:
        raise Stopped("stopped. What was written stays; running the same command again goes on.") from None
    for slug, result in found.items():
        if json_:
            print_json({"source": slug, "dry_run": dry_run, "result": result})
        else:
            _print(slug, result, dry_run)
    if not found and not json_:
        say("No blog is watched yet: variorum add https://some.blog")
    if any(result.unreadable for result in found.values()):
        ctx.exit(FAILED)


def _print(slug: str, result: Reextracted, dry_run: bool) -> None:
    verb = "would change" if dry_run else "changed"
    read = sum(result.posts.values()) + sum(result.comments.values())
    say((slug, "bold"), f"  {amount(read, 'text')} read again, {len(result.changed)} {verb}")
    for address, what in result.changed:
        say(f"  {what:<8}  {address}")
    for line in result.unreadable:
        say(("  failed    ", "red"), line)
