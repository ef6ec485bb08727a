"""`merge`: two posts that are one, and what may be."""

from __future__ import annotations

from dataclasses import asdict

import click

from cli.options import as_json, open_archive
from cli.output import Column, print_json, say, table, when
from cli.takedown import user
from variorum.errors import UsageError


@click.command()
@click.argument("url", metavar="[SOURCE|URL]", required=False)
@click.argument("into", metavar="[INTO]", required=False)
@click.option("--reason", metavar="TEXT", help="Why: told to whoever asks.")
@click.option("--by", metavar="NAME", help="Who has decided it; otherwise who runs this command.")
@click.option("--undo", is_flag=True, help="They are two after all.")
@as_json
@click.pass_context
def merge(
    ctx: click.Context, url: str | None, into: str | None, reason: str | None, by: str | None, undo: bool, json_: bool
) -> None:
    """Merge a post into another one of the same blog: its addresses lead there, and its comments go on there.

    Without INTO: list what is merged, and pairs that may be one post because their texts are the same. Nothing is
    merged for its text alone; a blog that leads from the one address to the other says so itself. The versions of the
    post that is given up stay, and it can be undone.

    \b
    Example:
      variorum merge some-blog
      variorum merge https://some.blog/?p=7 https://some.blog/a-post/ --reason "the address before the move"
      variorum merge --undo https://some.blog/?p=7 --reason "two posts after all"
    """
    if into is None and not undo:
        if reason or by:
            raise UsageError("name two posts: the one that is given up, and the one that goes on")
        _list(ctx.obj, url, json_)
        return
    if url is None:
        raise UsageError("name the post that was merged: its number, or its address in the list of `variorum merge`")
    if undo and into is not None:
        raise UsageError("--undo wants the post that was given up alone")
    if not (reason or "").strip():
        raise UsageError("give a --reason: it is told to whoever asks")
    from flows import merging

    assert reason is not None
    by = by or user()
    if into is None:
        done = merging.undo(ctx.obj, url, reason.strip(), by)
    else:
        done = merging.merge(ctx.obj, url, into, reason.strip(), by)
    if json_:
        print_json(done)
    else:
        say(
            f"{done.url} (work {done.work_id}) "
            + ("is a post of its own again" if undo else f"goes on as {done.into_url}")
        )


def _list(folder: str, source: str | None, json_: bool) -> None:
    with open_archive(folder) as archive:
        sources = [archive.source(source)] if source else list(archive.sources())
        done = archive.merges(sources[0].id if source else None)
        maybe = [item for one in sources for item in archive.merge_proposals(one.id)]
        waiting = archive.uncompared()
    if json_:
        for item in done:
            print_json({"is": "merged", **asdict(item)})
        for pair in maybe:
            print_json({"is": "proposed", **asdict(pair)})
        return
    if done:
        table(
            [Column("work", right=True), Column("merged"), Column("by"), Column("address", wrap=True),
             Column("goes on as", wrap=True), Column("reason", wrap=True)],
            [(item.work_id, when(item.at), item.by, item.url, item.into_url, item.reason) for item in done],
        )  # fmt: skip
    for pair in maybe:
        say(("may be one: ", "yellow"), f"{pair.title or '(no title)'}  ({pair.reason}, {100 * pair.similarity:.0f} %)")
        say(f"  variorum merge {pair.url} {pair.into_url} --reason …")
    if not done and not maybe:
        say("Nothing is merged, and no two open posts of one blog say the same.")
    if waiting:
        click.echo(
            f"texts that are nearly the same show after: variorum duplicates --update ({waiting} wait)", err=True
        )
