"""`export` and `provenance`: what leaves the archive, and what proves it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from cli.options import as_json, open_archive
from cli.output import amount, print_json, put, size
from cli.progress import Progress
from cli.questions import at_option, chosen
from variorum.errors import UsageError


@click.command()
@click.argument("dest")
@click.option("--format", "form", type=click.Choice(["jsonl", "warc"]), required=True, help="What to write.")
@click.option(
    "--after", type=click.IntRange(min=0), default=0, metavar="SEQ", help="jsonl: only what came behind this."
)
@click.option("--source", help="Of this blog only.")
@click.option("--proof", is_flag=True, help="jsonl: write DEST.proof too, which proves every line.")
@as_json
@click.pass_context
def export(ctx: click.Context, dest: str, form: str, after: int, source: str | None, proof: bool, json_: bool) -> None:
    """Write the archive for other programs: clean records as JSON lines, or the fetched bytes as WARC.

    jsonl: DEST is a file, or - for standard output; one record of schema variorum/1 on each line. What is printed at
    the end says where the next export goes on with --after. warc: DEST is a folder.
    Pipes and devices are written into, files replaced once the new one is whole; never the archive's own.
    With --proof nobody needs this archive, or its keeper's word, to see that a record is what was recorded: see
    docs/verify_export.py.

    \b
    Example:
      variorum export --format jsonl blog.jsonl
      variorum export --format warc warcs/
    """
    if after and form == "warc":
        raise UsageError("--after is for --format jsonl: a WARC export is whole")
    if form == "warc" and dest == "-":
        raise UsageError("a WARC export is a folder of files: name one, standard output is for --format jsonl")
    if proof and (form == "warc" or not _is_file(dest)):
        raise UsageError("--proof is for --format jsonl into a file: it is written beside it")
    from storage.export import export_jsonl, export_proof, export_warc

    with open_archive(ctx.obj) as archive:
        if form == "jsonl":
            done = export_jsonl(archive, dest, after=after, source=source)
            head = None
            if proof:
                with Progress("prove") as progress:
                    head = export_proof(archive, Path(dest), Path(f"{dest}.proof"), progress)
        else:
            done, head = export_warc(archive, dest, source=source), None
    if dest == "-" and form == "jsonl":
        click.echo(f"{amount(done.count, 'record')}; go on with --after {done.last_seq}", err=True)
        return
    if json_:
        files = [str(path) for path in done.files]
        told = {"count": done.count, "last_seq": done.last_seq, "files": files, "bytes": done.bytes_written,
                "withheld": done.withheld}  # fmt: skip
        print_json(told | ({"proof": f"{dest}.proof", "head": head} if head else {}))
        return
    where = f"{amount(len(done.files), 'file')} in {dest}" if form == "warc" else dest
    if done.withheld:
        click.echo(f"{amount(done.withheld, 'record')} not copied: taken down", err=True)
    then = f"; go on with --after {done.last_seq}" if form == "jsonl" else ""
    click.echo(f"{amount(done.count, 'record')}, {size(done.bytes_written)}: {where}{then}")
    if head:
        click.echo(f"proved by {dest}.proof under the root {head.root} of {head.size} events: keep that root elsewhere")


def _is_file(dest: str) -> bool:
    """Return whether an export into *dest* leaves a file."""
    return dest != "-" and (not Path(dest).exists() or Path(dest).is_file())


@click.command()
@click.argument("url")
@at_option
@click.option("--version", "number", type=click.IntRange(min=1), metavar="N", help="The version of this number.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "prov-json", "prov-jsonld"]),
    default="text",
    show_default=True,
    help="For people, or W3C PROV.",
)
@click.option("--json", "json_", is_flag=True, help="The whole chain as one JSON object.")
@click.pass_context
def provenance(
    ctx: click.Context,
    url: str,
    at: datetime | None,
    number: int | None,
    form: Literal["text", "prov-json", "prov-jsonld"],
    json_: bool,
) -> None:
    """Prove a text: from the version to the rules that read it, the visits that saw it, and the bytes in a WARC file.

    \b
    Example:
      variorum provenance https://some.blog/a-post/
      variorum provenance https://some.blog/a-post/ --version 1 --format prov-json
    """
    if at is not None and number is not None:
        raise UsageError("--at or --version, not both")
    from storage.provenance import render

    with open_archive(ctx.obj) as archive:
        chain = archive.provenance(chosen(archive, archive.find_work(url), at, number).id)
    if json_:
        print_json(chain)
    else:
        put(render(chain, form))
