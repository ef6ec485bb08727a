"""`extract` and `clean`: the rules of variorum without an archive."""

from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.explaining import explaining, print_explained
from cli.options import as_json, settings
from cli.output import print_json, put, say
from cli.pages import print_comment
from cli.trouble import FAILED, warn
from variorum.errors import UsageError, VariorumError
from variorum.times import utc_now

if TYPE_CHECKING:
    from extractors.document import Document
    from variorum.records import Page

_site_memory = click.option(
    "--site-memory/--no-site-memory",
    "memory",
    default=True,
    show_default=True,
    help="With --batch: learn what repeats on a site.",
)


@click.command()
@click.argument("document", required=False, metavar="FILE|URL|-")
@click.option("--url", help="The address that the file came from: links are made absolute with it.")
@click.option("--batch", metavar="IN.jsonl", help='Extract many: lines of {"id", "url", "html" or "path"}.')
@click.option("--out", metavar="OUT.jsonl", help="Where --batch writes to; standard output otherwise.")
@_site_memory
@explaining
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes for --batch.")
@as_json
@click.pass_context
def extract(
    ctx: click.Context,
    document: str | None,
    url: str | None,
    batch: str | None,
    out: str | None,
    memory: bool,
    explain: str | None,
    jobs: int,
    json_: bool,
) -> None:
    """Read the article and its comments out of one page, without an archive: a file, an address, or standard input.

    \b
    Example:
      variorum extract https://some.blog/2026/05/a-post/
      curl -s https://some.blog/a-post/ | variorum extract - --url https://some.blog/a-post/ --json
      variorum extract --batch pages.jsonl --out texts.jsonl --jobs 2
      variorum extract a-post.html --explain html > a-post-explained.html
    """
    _one_or_batch(document, batch, out, explain, json_)
    if batch is not None:
        source, target = _readable(batch), _writable(out, batch)
        from extractors import batch as batches

        failed = batches.run(source, target, jobs, memory=memory).failed
        if failed:
            warn(f'{failed} pages could not be read, their lines hold an "error".')
            ctx.exit(FAILED)
        return
    from extractors.page import extract_page

    assert document is not None
    parsed = _document(ctx.obj, document, url)
    page = extract_page(parsed, captured_at=utc_now())
    if explain:
        from extractors.document import parse_text
        from extractors.explain import explain_page

        pieces = explain_page(parse_text(parsed.text, parsed.url), page)
        print_explained(pieces, explain, parsed.url, page.extractor, page.warnings)
    elif json_:
        print_json(page)
    else:
        print_page(page)


@click.command()
@click.argument("document", required=False, metavar="FILE|-")
@click.option("--lang", help="Language of the text, e.g. de; found by itself otherwise.")
@click.option("--batch", metavar="IN.jsonl", help='Clean many: lines of {"id", "raw", "url"}.')
@click.option("--out", metavar="OUT.jsonl", help="Where --batch writes to; standard output otherwise.")
@_site_memory
@explaining
@as_json
@click.pass_context
def clean(
    ctx: click.Context,
    document: str | None,
    lang: str | None,
    batch: str | None,
    out: str | None,
    memory: bool,
    explain: str | None,
    json_: bool,
) -> None:
    """Strip what is not the author's off a plain text: comment forms, share buttons, related posts, footers.

    With --json it also prints what was removed, where and by which rule.

    \b
    Example:
      variorum clean scraped.txt
      variorum clean --batch texts.jsonl --out clean.jsonl
      variorum clean scraped.txt --explain
    """
    _one_or_batch(document, batch, out, explain, json_)
    if batch is not None:
        source, target = _readable(batch), _writable(out, batch)
        from extractors.residue.batch import clean_batch

        _, failed = clean_batch(source, target, memory=memory)
        if failed:
            warn(f'{failed} lines could not be read, their answers hold an "error".')
            ctx.exit(FAILED)
        return
    assert document is not None
    text = _text(_bytes(document), document)
    from extractors import residue

    cleaned = residue.clean(text, lang=lang)
    if explain:
        from extractors.explain import explain_text

        print_explained(explain_text(text, cleaned.removed), explain, _called(document), "residue", ())
    elif json_:
        spans = [{"start": cut.start, "end": cut.end, "kind": cut.kind, "rule": cut.rule} for cut in cleaned.removed]
        print_json({"clean": cleaned.clean, "removed": spans, "comments": cleaned.comments})
    else:
        put(cleaned.clean)


def print_page(page: Page) -> None:
    """Print an extracted page for a person."""
    if page.title:
        say((page.title, "bold"))
    facts = [", ".join(person.name for person in page.authors), page.published and f"{page.published:%Y-%m-%d %H:%M}"]
    facts += [page.lang, page.platform, page.extractor]
    say((" · ".join(fact for fact in facts if fact), "dim"))
    say()
    put(page.text)
    comments = page.thread.comments if page.thread else ()
    if comments:
        say((f"\n{len(comments)} comments", "bold"))
    for comment in comments:
        print_comment(comment.depth, comment.author, comment.published, comment.text)
    for warning in page.warnings:
        warn(warning)


# ------------------------------------------------------------------------------------------------ input
def _one_or_batch(document: str | None, batch: str | None, out: str | None, explain: str | None, json_: bool) -> None:
    if (document is None) == (batch is None):
        raise UsageError("name one document (or - for standard input), or a file of many with --batch")
    if explain and (batch is not None or json_):
        raise UsageError("--explain shows one document to a person: leave --batch and --json away")
    if out is not None and batch is None:
        raise UsageError("--out belongs to --batch; one document goes to standard output: use > FILE")


def _document(archive: str, name: str, url: str | None) -> Document:
    from extractors import document

    if name.startswith(("http://", "https://")):
        return _fetched(archive, name)
    body = _bytes(name)
    if not body.strip():
        raise UsageError(f"{_called(name)} is empty: there is nothing to extract")
    if url is None:
        url = Path(name).absolute().as_uri() if name != "-" else "about:blank"
    return document.parse(body, url, None)


def _fetched(archive: str, url: str) -> Document:
    """Fetch one page. The operator typed its address, so its host may also be inside the house."""
    from extractors import document
    from fetchers import Fetcher
    from variorum.records import Request
    from variorum.urls import canonical_url, host_of

    address = canonical_url(url)
    if address is None:
        raise UsageError(f"{url!r} is no address: write it as in https://some.blog/a-post/")
    with Fetcher(settings(archive), trusted_hosts=frozenset({host_of(address)})) as fetcher:
        final = fetcher.fetch(Request(url=address)).final
    if not final.ok:
        raise VariorumError(f"{final.url}: {final.error or f'the server answers {final.status}'}")
    return document.parse(final.body, final.url, final.header("content-type"))


def _bytes(name: str) -> bytes:
    """Return the bytes of a file, unpacked where it is gzip, or of standard input.

    Raises:
        UsageError: It cannot be read.
    """
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from error
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError) as error:
        raise UsageError(f"{name} is a broken gzip file: {error}") from error


def _text(body: bytes, name: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{_called(name)} is not UTF-8 (byte {error.start:,}): convert it first, or give a page to "
            "`variorum extract`"
        ) from error


def _called(name: str) -> str:
    return "standard input" if name == "-" else name


def _readable(name: str) -> Path:
    """Return the path of an input of lines, "-" being standard input.

    Raises:
        UsageError: It is no file that can be read.
    """
    path = Path("/dev/stdin" if name == "-" else name)
    if path.is_dir() or not path.exists():
        raise UsageError(f"{name} is no file")
    if not os.access(path, os.R_OK):
        raise UsageError(f"{name} cannot be read: permission denied")
    return path


def _writable(name: str | None, batch: str) -> Path | None:
    """Return the path of an output of lines, None for standard output.

    Raises:
        UsageError: It is a folder, or its folder is not there, or it is the very file that is to be read.
    """
    if name is None or name == "-":
        return None
    path = Path(name)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"{name} cannot be written: its folder is not there, or it is a folder itself")
    if batch != "-" and path.exists() and path.is_file() and path.samefile(batch):
        raise UsageError(f"{name} is the input itself, it would be lost: name another file by --out")
    return path
