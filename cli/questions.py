"""`works`, `history`, `show`, `thread`: what stands in the archive, and what stood there when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from cli.options import as_json, as_moment, open_archive
from cli.output import Column, amount, on_terminal, print_json, put, say, table, taken_down, when
from cli.pages import print_comment
from variorum.errors import UsageError

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.rows import Version, Work

at_option = click.option(
    "--at", metavar="TIME", callback=as_moment, help="As it stood then: 2026-11-24, or with a time."
)


@click.command()
@click.argument("source", required=False)
@click.option("--comments", is_flag=True, help="The comments too.")
@click.option("--limit", type=click.IntRange(min=1), help="So many at most; all otherwise.")
@click.option("--after", type=click.IntRange(min=0), default=0, metavar="ID", help="Only those behind this number.")
@as_json
@click.pass_context
def works(ctx: click.Context, source: str | None, comments: bool, limit: int | None, after: int, json_: bool) -> None:
    """List the posts and pages in the archive: number, state, versions, comments, address, title.

    \b
    Example:
      variorum works
      variorum works some.blog --comments --json
    """
    with open_archive(ctx.obj) as archive:
        source_id = archive.source(source).id if source else None
        found = (work for work in archive.works(source_id, after=after) if comments or work.work_type != "comment")
        chosen = (work for _, work in zip(range(limit), found, strict=False)) if limit else found
        if json_:
            for work in chosen:
                print_json(work)
            return
        rows = [
            (work.id, work.work_type, "taken down" if work.takedown else work.state, work.versions,
             _seen_comments(work), when(work.first_seen)[:10], work.url, work.title)
            for work in chosen
        ]  # fmt: skip
    if not rows:
        say("Nothing is archived yet: variorum ingest https://some.blog")
        return
    table(
        [Column("id", right=True), Column("type"), Column("state"), Column("versions", right=True),
         Column("comments", right=True), Column("first seen"), Column("address", wrap=True),
         Column("title", style="bold", wrap=True)],
        rows,
    )  # fmt: skip


@click.command()
@click.argument("url")
@as_json
@click.pass_context
def history(ctx: click.Context, url: str, json_: bool) -> None:
    """Tell the history of a post or comment: its versions, when each was seen first and last, what kind of change.

    URL is any address that it ever had, or its number in `variorum works`.

    \b
    Example:
      variorum history https://some.blog/a-post/
    """
    with open_archive(ctx.obj) as archive:
        work = archive.find_work(url)
        versions = archive.versions(work.id)
        if json_:
            for version in versions:
                print_json(archive.record(version.id))
            return
        visits = archive.visits(work.id, limit=None)
        record = archive.record(versions[-1].id) if versions else None
        dup = next((found for item in reversed(versions) if (found := archive.dup(item.id)) is not None), None)
    _introduce(work)
    if work.takedown is not None:
        say((f"  {taken_down(work.takedown)}", "yellow"))
    for alias in record["aliases"] if record else ():
        if alias["url"] != work.url:
            say(("  also at  ", "dim"), f"{alias['url']} ({alias['reason']})")
    if dup is not None:
        say(("  alike    ", "dim"), like(dup))
    if visits:
        failed = sum(visit.error is not None or (visit.status or 0) >= 400 for visit in visits)
        line = f"{amount(len(visits), 'visit')} from {when(visits[-1].requested_at)} to {when(visits[0].requested_at)}"
        say(("  visited  ", "dim"), line + (f", {failed} found nothing" if failed else ""))
    say()
    table(
        [Column("no", right=True, style="bold"), Column("kind"), Column("first seen"), Column("last seen"),
         Column("characters", right=True), Column("title", wrap=True), Column("reason", wrap=True)],
        [
            (item.number, item.kind, item.observed_first, item.observed_last, len(item.text), item.title,
             _reason(item, versions))
            for item in versions
        ],
    )  # fmt: skip


@click.command()
@click.argument("url")
@at_option
@click.option("--version", "number", type=click.IntRange(min=1), metavar="N", help="The version of this number.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
@click.option("--json", "json_", is_flag=True, help="Short for --format json: the record, schema variorum/1.")
@click.pass_context
def show(ctx: click.Context, url: str, at: datetime | None, number: int | None, form: str, json_: bool) -> None:
    """Show a post or comment as it is now, as it was on a day, or in one of its versions.

    What is said about it (when it was seen, whether that day is certain) goes to standard error, so that a pipe holds
    the text alone.

    \b
    Example:
      variorum show https://some.blog/a-post/ --at 2026-05-03
      variorum show https://some.blog/a-post/ --version 2 --format markdown > a-post.md
    """
    if at is not None and number is not None:
        raise UsageError("--at or --version, not both")
    with open_archive(ctx.obj) as archive:
        work = archive.find_work(url)
        version = chosen(archive, work, at, number)
        record = archive.record(version.id)
        following = archive.version_at(work.id, number=version.number + 1)
    if json_ or form == "json":
        print_json(record)
        return
    note = standing(version, following, at)
    click.echo(f"version {version.number} of {work.versions} ({version.kind}), {note}", err=True)
    if version.takedown is not None:
        click.echo(taken_down(version.takedown), err=True)
        return
    if record["dup"] is not None:
        click.echo(f"alike: {like(record['dup'])}", err=True)
    if version.kind in ("gone", "merged"):
        click.echo(f"{version.kind}: {version.reason or 'not found any more'}", err=True)
        return
    if form == "markdown":
        put(version.markdown or version.text)
        return
    if version.title:
        say((version.title, "bold"))
    if on_terminal():
        say((_byline(record), "dim"))
    if version.title or on_terminal():
        say()
    put(version.text)


@click.command()
@click.argument("url")
@at_option
@as_json
@click.pass_context
def thread(ctx: click.Context, url: str, at: datetime | None, json_: bool) -> None:
    """Show the comments of a post, answers below what they answer. Those that are gone keep their place, marked.

    \b
    Example:
      variorum thread https://some.blog/a-post/
      variorum thread https://some.blog/a-post/ --at 2026-05-03 --json
    """
    with open_archive(ctx.obj) as archive:
        work = archive.find_work(url)
        if work.work_type == "comment" and work.post_id is not None:
            work = archive.work(work.post_id)
        found = archive.thread(work.id, at)
        if json_:
            for comment, version in found:
                record = archive.record(version.id)
                record["thread"] = {**(record["thread"] or {}), "depth": comment.depth, "position": comment.position}
                print_json(record)
            return
        last_words = {
            comment.id: archive.version_at(comment.id, number=version.number - 1)
            for comment, version in found
            if version.kind == "gone" and version.number > 1
        }
    _introduce(work)
    counts = work.comments or {}
    if at is None and counts.get("complete") is False:
        say(("  incomplete: ", "yellow"), f"{counts.get('seen', '?')} seen, {counts.get('claimed', '?')} claimed")
    if work.takedown is not None:
        say((f"  {taken_down(work.takedown)}", "yellow"))
        if work.takedown.thread:
            say(f"  and its {amount(len(found), 'comment')}")
            return
    if not found:
        say("No comment is archived here" + (f" as of {when(at)}." if at else "."))
    for comment, version in found:
        said = last_words.get(comment.id) or version
        print_comment(
            comment.depth,
            str(version.meta.get("author") or ""),
            _time(version.meta),
            said.text,
            mark=_mark(version),
            address=comment.url,
        )


def chosen(archive: Archive, work: Work, at: datetime | None, number: int | None) -> Version:
    """Return the version that is asked for.

    Raises:
        UsageError: There is none, and what there is instead.
    """
    found = archive.version_at(work.id, at, number)
    if found is not None:
        return found
    if number is not None:
        raise UsageError(f"{work.url} has no version {number}; it has {amount(work.versions, 'version')}")
    if at is not None and work.versions:
        raise UsageError(f"{work.url} was first seen at {when(work.first_seen)}, nothing is known of {when(at)}")
    raise UsageError(f"{work.url} was never seen open: it is {work.state}, there is no text")


def standing(version: Version, following: Version | None, at: datetime | None) -> str:
    """Say when a version was seen, and whether it is certain that it stood at a time."""
    verb = "found so" if version.kind in ("gone", "merged") else "seen"
    seen = f"{verb} from {when(version.observed_first)} to {when(version.observed_last)}"
    if at is None or version.observed_first <= at <= version.observed_last:
        return seen + ("" if at is None else f": certain at {when(at)}")
    if following is not None:
        first = when(following.observed_first)
        return f"{seen}: between observations at {when(at)}, the next version was first seen {first}"
    return f"{seen}: not seen since, so it is not certain at {when(at)}"


def like(dup: Mapping[str, Any]) -> str:
    """Say how the text of a post is related to that of others."""
    if dup["role"] == "original":
        return "others say the same, this was the first; `variorum duplicates` names them"
    noun = {"excerpt": "an excerpt", "syndicated": "a copy", "crosspost": "a crosspost"}[dup["role"]]
    return f"{noun} of {dup['of_url']} ({100 * dup['similarity']:.0f} %)"


def _introduce(work: Work) -> None:
    gone = f", gone since {when(work.gone_at)}" if work.gone_at else ""
    say((work.title or work.work_type, "bold"), f"  {work.url}  [{work.work_type} {work.id}, {work.state}{gone}]")


def _seen_comments(work: Work) -> str:
    counts: Mapping[str, Any] = work.comments or {}
    if work.work_type == "comment" or counts.get("seen") is None:
        return ""
    return f"{counts['seen']}{'' if counts.get('complete') else '+'}"


def _reason(version: Version, versions: list[Version]) -> str:
    same = next((item.number for item in versions if item.id == version.same_text_as), None)
    parts = [version.reason, f"same text as version {same}" if same else None]
    return ", ".join(part for part in parts if part)


def _byline(record: Mapping[str, Any]) -> str:
    names = ", ".join(str(person.get("name") or "") for person in record["authors"])
    facts = [names, (record["published"] or "")[:10], record["lang"], record["url"]]
    return " · ".join(str(fact) for fact in facts if fact)


def _time(meta: Mapping[str, object]) -> datetime | None:
    told = meta.get("published")
    try:
        return datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _mark(version: Version) -> str:
    if version.takedown is not None:
        return taken_down(version.takedown)
    if version.kind == "gone":
        return f"gone since {when(version.observed_first)}" + (f": {version.reason}" if version.reason else "")
    facts = []
    if version.meta.get("kind") in ("pingback", "trackback"):
        facts.append(str(version.meta["kind"]))
    if version.number > 1:
        facts.append(f"version {version.number}")
    return ", ".join(facts)
