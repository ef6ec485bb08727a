"""`add` and `ingest`: what brings blogs into the archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from traceback import format_exception
from typing import TYPE_CHECKING

import click

from cli.options import as_json, duration, in_environment, open_archive, seconds, settings
from cli.output import amount, print_json, say, size
from cli.progress import Progress
from cli.trouble import ARCHIVE_TROUBLE, FAILED, Stopped, warn
from variorum.errors import StorageError, UsageError, VariorumError

if TYPE_CHECKING:
    from variorum.records import Report

#: kinds of decisions in a reader's words, in the order of the summary
ARCHIVED = {
    "first": "new",
    "source": "edited",
    "metadata": "with new metadata",
    "technical": "read otherwise by new rules",
    "gone": "gone",
    "restored": "come back",
    "flap": "back at an earlier text",
    "merged": "merged",
    "takedown": "taken down",
}
NOT_ARCHIVED = {
    "same": "unchanged",
    "protected": "behind a password",
    "boilerplate": "unchanged but for the page around them",
    "format": "unchanged but for typography",
    "encoding": "unchanged but for their encoding",
    "missing": "not found any more (called gone when that is sure)",
    "suspect": "read doubtfully (a second visit decides)",
    "error": "not readable",
    "other": "no post after all",
}


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL…")
@click.option(
    "--every",
    "every_s",
    metavar="SPAN",
    callback=duration,
    help="How often to ingest it: 30m, 6h, 1d. Without: only by hand.",
)
@click.option("--name", help="What to call it; its own title otherwise.")
@click.option("--continues", metavar="SOURCE", help="The blog that has moved to this address: its history goes on.")
@as_json
@click.pass_context
def add(
    ctx: click.Context,
    urls: tuple[str, ...],
    every_s: int | None,
    name: str | None,
    continues: str | None,
    json_: bool,
) -> None:
    """Watch a blog: look at its home page, recognise its platform, remember it. Nothing is archived yet.

    \b
    Example:
      variorum add https://some.blog --every 6h
      variorum add https://new.blog --continues some.blog
    """
    from flows import steps

    if (name or continues) and len(urls) > 1:
        raise UsageError(f"{'--name' if name else '--continues'} is for one blog at a time")
    for url in urls:
        _address(url)
    for url in urls:
        source, warnings = steps.add(ctx.obj, url, settings(ctx.obj), name=name, every_s=every_s, continues=continues)
        if json_:
            print_json({"source": source, "warnings": warnings})
            continue
        say(
            (source.slug, "bold"),
            f"  {source.home}  {source.platform or 'platform not recognised'}, ingested {_rhythm(source.every_s)}",
        )
        for warning in warnings:
            warn(warning)


@click.command()
@click.argument("keys", nargs=-1, metavar="[SOURCE|URL]…")
@click.option("--all", "all_", is_flag=True, help="Every blog that is watched.")
@click.option("--limit", type=click.IntRange(min=1), help="Look at this many posts at most, the rest next time.")
@click.option("--full", is_flag=True, help="Fetch every page, also where the blog vouches that nothing changed.")
@click.option("--prefect", is_flag=True, help="Run it as a Prefect flow; always so where PREFECT_API_URL is set.")
@as_json
@click.pass_context
def ingest(
    ctx: click.Context, keys: tuple[str, ...], all_: bool, limit: int | None, full: bool, prefect: bool, json_: bool
) -> None:
    """Archive a blog: find its posts and comments, fetch what is new or changed, keep every version.

    SOURCE is the short name that `variorum sources` prints; an address that is not known yet is added first. It may
    be stopped at any time: running it again goes on. Exit code 1 if some pages failed. Of several blogs each is tried,
    whatever becomes of the others.

    \b
    Example:
      variorum ingest https://some.blog
      variorum ingest --all
    """
    chosen = _chosen(ctx.obj, keys, all_)
    run = _runner(prefect)
    code = 0
    broken: list[str] = []
    for key in chosen:
        try:
            with Progress(key) as progress:
                report = run(ctx.obj, key, settings(ctx.obj), limit=limit, full=full, progress=progress)
        except KeyboardInterrupt:
            raise Stopped(
                "stopped. What was fetched is in the archive; running the same command again goes on."
            ) from None
        except Exception as error:
            if len(chosen) == 1:
                raise
            warn(f"{key}: {_told_of(error)}")
            broken.append(key)
            code = max(code, ARCHIVE_TROUBLE if isinstance(error, StorageError) else FAILED)
            continue
        code = max(code, FAILED if report.failed else 0)
        if json_:
            print_json(report)
        else:
            summarise(report)
    if broken:
        warn(f"{len(broken)} of {len(chosen)} blogs could not be ingested: {', '.join(broken)}")
    if code:
        ctx.exit(code)


def _told_of(error: Exception) -> str:
    """Return what went wrong; of an error that nobody foresaw also where."""
    if isinstance(error, VariorumError):
        return str(error)
    return "this is a fault of variorum, please report it:\n" + "".join(format_exception(error))


def _chosen(archive: str, keys: tuple[str, ...], all_: bool) -> list[str]:
    """Return slugs and addresses to be ingested, each once, all of them known to be one or the other."""
    known: dict[str, str] = {}
    try:
        with open_archive(archive) as opened:
            known = {source.slug: source.home for source in opened.sources()}
    except UsageError:  # there is no archive yet
        if all_:
            raise
    if all_:
        if keys:
            raise UsageError("name sources, or say --all: not both")
        if not known:
            raise UsageError("no blog is watched yet: variorum add https://some.blog")
        return list(known)
    if not keys:
        hint = ", ".join(list(known)[:10]) if known else "none is watched yet"
        raise UsageError(f"which blog? Name an address, a source ({hint}), or say --all")
    for key in keys:
        if key not in known and not key.isdecimal():
            _address(key)
    return list(dict.fromkeys(keys))


def _address(text: str) -> str:
    from variorum.urls import canonical_url

    url = canonical_url(text)
    if url is None:
        hint = f"https://{text}" if "." in text and "://" not in text else "https://some.blog"
        raise UsageError(f"{text!r} is neither a source nor an address: write it as in {hint}")
    return url


def _runner(prefect: bool) -> Callable[..., Report]:
    if prefect or in_environment("PREFECT_API_URL"):
        from flows.ingest import run_with_prefect

        return run_with_prefect
    from flows import steps

    return steps.ingest


def _rhythm(every_s: int | None) -> str:
    return "by hand" if every_s is None else f"every {seconds(every_s)}"


def summarise(report: Report) -> None:
    """Print what an ingest did, in words, and every page that failed."""
    spent_s = (report.ended_at - report.started_at).total_seconds()
    say((report.source, "bold"), f"  done in {spent_s:.1f} s")
    for heading, text, style in lines_of(report):
        say((f"  {heading:<9} ", "dim"), (text, style))
    for outcome in report.failed:
        say(("    " + str(outcome.status or "–").rjust(3) + "  ", "red"), f"{outcome.url}  {outcome.error or ''}")


def lines_of(report: Report) -> list[tuple[str, str, str]]:
    """Return heading, text and style of each line of the summary."""
    fetched = f"{amount(report.fetched, 'request')}, {size(report.bytes_received)}"
    lines = [
        ("found", f"{amount(report.found, 'post or page', 'posts and pages')} listed", ""),
        ("fetched", fetched, ""),
    ]
    posts, comments = _tally(report.posts, ARCHIVED), _tally(report.comments, ARCHIVED)
    lines.append(("archived", f"posts: {posts or 'nothing new'}", "green" if posts else ""))
    lines.append(("", f"comments: {comments or 'nothing new'}", "green" if comments else ""))
    for noun, tally in (("posts", report.posts), ("comments", report.comments)):
        if quiet := _tally(tally, NOT_ARCHIVED):
            lines.append(("seen", f"{noun}: {quiet}", ""))
    skipped = []
    if report.vouched:
        skipped.append(f"{amount(report.vouched, 'page')} not fetched, the blog's own lists vouch that nothing changed")
    if report.not_modified:
        skipped.append(f"{amount(report.not_modified, 'answer')} with nothing new")
    if report.capped:
        skipped.append(f"{amount(report.capped, 'post')} left for the next run by --limit")
    lines.extend(("skipped", text, "") for text in skipped)
    lines.extend(("warning", text, "yellow") for text in report.warnings)
    failed = len(report.failed)
    lines.append(("failed", amount(failed, "page") if failed else "nothing", "red" if failed else ""))
    return lines


def _tally(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    return ", ".join(f"{counts[kind]:,} {word}" for kind, word in words.items() if counts.get(kind))
