"""`takedown`: take a text out of sight, out of later ingests, or out of the archive, and say why to whoever asks."""

from __future__ import annotations

import getpass
import sys
from typing import get_args

import click

from cli.options import as_json, open_archive
from cli.output import Column, amount, print_json, say, table, when
from variorum.errors import UsageError
from variorum.records import TakedownLevel


@click.command()
@click.argument("url", required=False)
@click.option("--level", type=click.Choice(get_args(TakedownLevel)), help="How far; see above.")
@click.option("--reason", metavar="TEXT", help="Why: told to whoever asks for the text.")
@click.option("--by", metavar="NAME", help="Who has decided it; otherwise who runs this command.")
@click.option("--only-post", is_flag=True, help="Leave the comments of the post alone.")
@click.option("--undo", is_flag=True, help="Show it again; what is destroyed stays so.")
@as_json
@click.pass_context
def takedown(
    ctx: click.Context,
    url: str | None,
    level: TakedownLevel | None,
    reason: str | None,
    by: str | None,
    only_post: bool,
    undo: bool,
    json_: bool,
) -> None:
    """Take down a post with its comments, or one comment. Without URL: list what is taken down.

    \b
    hide     nobody is shown the text; it is archived on
    refuse   nor is it archived again
    destroy  nor kept: text and bytes are destroyed, digests and dates stay

    All of them leave a trace: every question is answered with the date and the reason. Run again after an interruption,
    it goes on.

    \b
    Example:
      variorum takedown https://some.blog/a-post/ --level hide --reason "the author asks for it"
      variorum takedown https://some.blog/a-post/ --undo --reason "the author has thought again"
    """
    if url is None:
        if level or reason or undo:
            raise UsageError("name the URL of a post or comment, or its number in `variorum works`")
        _list(ctx.obj, json_)
        return
    by = by or user()
    if not reason:
        raise UsageError("give a --reason: it is told to whoever asks for the text")
    from flows.takingdown import take_down
    from flows.takingdown import undo as lift

    if undo:
        if level:
            raise UsageError("--level or --undo, not both")
        lifted = lift(ctx.obj, url, reason, by)
        if json_:
            print_json(lifted)
        else:
            say(f"shown again; it was taken down at {when(lifted.at)}: {lifted.reason}")
        return
    if level is None:
        raise UsageError("give a --level: hide, refuse or destroy")
    if level == "destroy" and sys.stdin.isatty():
        click.confirm(f"Destroy all that the archive holds of {url}? This cannot be undone", abort=True, err=True)
    done = take_down(ctx.obj, url, level, reason, by, only_post=only_post)
    if json_:
        print_json(done)
        return
    stood = "" if done.is_new else f" already, since {when(done.takedown.at)}"
    say(f"taken down{stood} ({done.takedown.level}): {amount(done.works, 'text')}")
    if level == "destroy":
        say(f"{amount(done.records, 'record')} of {amount(done.captures, 'document')} destroyed")
    else:
        say(f"{amount(done.captures, 'document')} that hold it stay out of exports")


def _list(folder: str, json_: bool) -> None:
    with open_archive(folder) as archive:
        found = [(item, archive.work(item.work_id)) for item in archive.takedowns()]
    if json_:
        for item, work in found:
            print_json({"url": work.url, "work_type": work.work_type, "takedown": item})
        return
    if not found:
        say("Nothing is taken down.")
        return
    table(
        [Column("level"), Column("since"), Column("by"), Column("done"), Column("address", wrap=True),
         Column("reason", wrap=True)],
        [(item.level, item.at, item.by, "yes" if item.done else "no", work.url, item.reason) for item, work in found],
    )  # fmt: skip


def user() -> str:
    """Return the name of the account that runs this command."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return "unknown"
