"""`log`: what pins the archive's history, for those who need not trust its keeper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import as_json, open_archive
from cli.output import Column, amount, print_json, put, say, table
from cli.progress import Progress
from cli.questions import chosen
from variorum.errors import UsageError
from variorum.times import utc_now

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.proof.log import Consistency, Inclusion, Log, TreeHead


@click.command()
@click.option("--seal", is_flag=True, help="Make a head over all events of now; an ingest does so once a day.")
@click.option("--prove", "url", metavar="URL", help="Prove that a version is in the log of the newest head.")
@click.option("--version", "number", type=click.IntRange(min=1), metavar="N", help="With --prove: of this number.")
@click.option("--since", type=click.IntRange(min=1), metavar="SIZE", help="Prove that the log of SIZE events stayed.")
@click.option("--query", type=click.Path(path_type=Path), metavar="FILE", help="Write an RFC 3161 query for the head.")
@click.option("--reply", type=click.Path(path_type=Path), metavar="FILE", help="Keep an authority's reply to it.")
@as_json
@click.pass_context
def log(
    ctx: click.Context,
    seal: bool,
    url: str | None,
    number: int | None,
    since: int | None,
    query: Path | None,
    reply: Path | None,
    json_: bool,
) -> None:
    """Show the heads of the event log. A head kept elsewhere pins all that was recorded until then.

    The log is a Merkle tree (RFC 9162): --prove and --since print a few digests, with which anybody who kept a head can
    see that a version was in it, and that nothing of it was rewritten since. A time-stamp authority can vouch for the
    day of a head: --query writes what to send, --reply keeps what came back.

    \b
    Example:
      variorum log
      variorum log --prove https://some.blog/a-post/ --json
      variorum log --query head.tsq
    """
    asked = [bool(item) for item in (seal, url, since, query, reply)]
    if sum(asked) > 1:
        raise UsageError("one of --seal, --prove, --since, --query and --reply at a time")
    if number is not None and url is None:
        raise UsageError("--version is for --prove")
    from storage.proof.log import Log

    with open_archive(ctx.obj) as archive:
        tree = Log(archive.database)
        if url is not None:
            version = chosen(archive, archive.find_work(url), None, number)
            _print_inclusion(tree.inclusion(version.seq), json_)
        elif since is not None:
            _print_consistency(tree.consistency(tree.head(since), tree.head()), json_)
        elif seal:
            with archive.writer() as writer, Progress("seal") as progress:
                head = Log(writer.database).seal(utc_now(), progress)
            _print_heads([head], tree, json_)
        elif query is not None:
            _write_query(query, tree.head())
        elif reply is not None:
            _keep_reply(archive, reply, tree.head())
        else:
            _print_heads(tree.heads(), tree, json_)


def _print_heads(heads: list[TreeHead], tree: Log, json_: bool) -> None:
    if json_:
        for head in heads:
            print_json(head)
        return
    columns = [Column("sealed"), Column("events", right=True), Column("root"), Column("time stamp")]
    table(columns, [(head.at, head.size, head.root, "kept" if head.timestamped else "") for head in heads])
    if rest := tree.size() - (heads[-1].size if heads else 0):
        say(f"{amount(rest, 'event')} since: variorum log --seal pins them now")


def _print_inclusion(proof: Inclusion, json_: bool) -> None:
    if json_:
        print_json(proof)
        return
    said = f"event {proof.seq} is leaf {proof.seq - 1} of the {proof.head.size} under the root"
    _print_digests(said, ("root", proof.head.root), ("leaf", proof.leaf), path=proof.path)


def _print_consistency(proof: Consistency, json_: bool) -> None:
    if json_:
        print_json(proof)
        return
    said = f"the log of {proof.new.size} events begins with the {proof.old.size} that were sealed before"
    _print_digests(said, ("old", proof.old.root), ("new", proof.new.root), path=proof.path)


def _print_digests(said: str, *digests: tuple[str, str], path: Sequence[str]) -> None:
    say(said)
    for name, digest in (*digests, *(("path", step) for step in path)):
        say(f"  {name:<4}  {digest}")


def _write_query(path: Path, head: TreeHead) -> None:
    from storage.proof.timestamp import query

    path.write_bytes(query(bytes.fromhex(head.root)))
    put(
        f"{path} asks for a time stamp over {head.root}. Send it to an authority of your choice:\n"
        f"  curl -H 'Content-Type: application/timestamp-query' --data-binary @{path} AUTHORITY > reply.tsr\n"
        "and keep the answer: variorum log --reply reply.tsr"
    )


def _keep_reply(archive: Archive, path: Path, head: TreeHead) -> None:
    from storage.proof.log import Log

    try:
        reply = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    with archive.writer() as writer:
        Log(writer.database).keep_timestamp(head, reply)
    put(
        f"kept with the head of {head.size} events. Its signature is for OpenSSL to judge:\n"
        f"  openssl ts -verify -digest {head.root} -in {path} -CAfile AUTHORITY.pem"
    )
