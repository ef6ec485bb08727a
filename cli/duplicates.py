"""`duplicates`: which posts say the same, and who said it first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

import click

from cli.options import as_json, open_archive
from cli.output import amount, print_json, say
from cli.progress import Progress
from cli.trouble import Stopped
from variorum.errors import UsageError
from variorum.records import LikeRole

if TYPE_CHECKING:
    from storage.archive import Archive


@click.command()
@click.argument("what", metavar="[SOURCE|URL]", required=False)
@click.option("--update", is_flag=True, help="Compare first what was archived since the last time; 2 ms a text.")
@click.option("--role", type=click.Choice(get_args(LikeRole)), help="Only groups that have one in this role.")
@click.option("--limit", type=click.IntRange(min=1), help="So many groups at most; all otherwise.")
@click.option("--after", type=click.IntRange(min=0), default=0, metavar="GROUP", help="Only those behind this number.")
@as_json
@click.pass_context
def duplicates(
    ctx: click.Context,
    what: str | None,
    update: bool,
    role: LikeRole | None,
    limit: int | None,
    after: int,
    json_: bool,
) -> None:
    """List posts that say the same, within one blog and across all: who was first, who copied, who quotes a part.

    Nothing is deleted or merged: these are marks. With a URL, all that is like that post.

    \b
    Example:
      variorum duplicates --update
      variorum duplicates https://some.blog/a-post/
    """
    if update:
        _update(ctx.obj)
    with open_archive(ctx.obj) as archive:
        source_id, work_id = _meant(archive, what)
        groups = list(archive.duplicates(source_id=source_id, work_id=work_id, role=role, after=after, limit=limit))
        alike = archive.alike(work_id) if work_id is not None else []
        waiting = archive.uncompared()
    if json_:
        for group in groups:
            print_json({**group, "alike": alike} if work_id is not None else group)
        if alike and not groups:
            print_json({"group": None, "members": [], "alike": alike})
    else:
        for group in groups:
            _print(group)
        members = {member["work_id"] for group in groups for member in group["members"]}
        for link in alike:
            if link["work_id"] not in members:
                say((f"  {link['kind']:<10}", "yellow"), f"  {_percent(link['containment'])}  {link['url']}")
        if not groups and not alike:
            say("Nothing of what was compared says the same.")
    if waiting:
        texts = amount(waiting, "text")
        click.echo(f"{texts} not compared yet: variorum duplicates --update", err=True)


def _update(folder: str) -> None:
    from flows.comparing import compare_new

    try:
        with Progress("compare") as progress:
            done = compare_new(folder, progress)
    except KeyboardInterrupt:
        raise Stopped("stopped. What was compared stays; running the same command again goes on.") from None
    click.echo(f"{amount(done.texts, 'text')} compared, {amount(done.links, 'pair')} alike", err=True)


def _meant(archive: Archive, what: str | None) -> tuple[int | None, int | None]:
    """Return the source or the work that is asked for."""
    if what is None:
        return None, None
    if what.isdecimal():  # as `variorum works` numbers them
        return None, archive.find_work(what).id
    try:
        return archive.source(what).id, None
    except UsageError:
        return None, archive.find_work(what).id


def _print(group: Mapping[str, Any]) -> None:
    for member in group["members"]:
        name = "(taken down)" if member["takedown"] else " ".join(member["title"].split()) or "(no title)"
        said = (member["published"] or member["first_seen"])[:10]
        first = member["role"] == "original"
        like = "" if first else f"  {_percent(member['similarity'])}"
        say(
            ("" if first else "  ", ""),
            (f"{member['role']:<10}", "bold" if first else "yellow"),
            f"{like}  {said}  {name}",
            (f"  {member['url']}", "dim"),
        )


def _percent(share: float) -> str:
    return f"{100 * share:3.0f} %"
