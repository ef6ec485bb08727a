"""Sitemaps (sitemaps.org): XML maps, indexes of maps, lists in plain text, each also gzipped."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from typing import NamedTuple

from lxml import etree

from extractors.document import local_name
from variorum.errors import ExtractError
from variorum.urls import canonical_url

MAX_URLS = 50_000  #: of one map, by the protocol
MAX_BYTES = 52_428_800  #: of one map unpacked, by the protocol
_CLOSED = re.compile(rb"</(?:\w+:)?(?:urlset|sitemapindex)\s*>|<(?:urlset|sitemapindex)[^>]*/>", re.I)


class Sitemap(NamedTuple):
    """What one document tells."""

    urls: tuple[tuple[str, str | None], ...] = ()  #: (address, lastmod as written)
    children: tuple[str, ...] = ()  #: addresses of further maps
    cut: bool = False  #: it holds more than the protocol allows, or breaks off; the rest was not read


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Read a sitemap.

    Raises:
        ExtractError: It is none.
    """
    if body[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(body)) as stream:
                body = stream.read(MAX_BYTES)
        except (OSError, EOFError, zlib.error) as error:
            raise ExtractError(f"it is no whole gzip file: {error}") from None
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:400]
    if start.startswith(b"<"):
        if b"<html" in start.lower():
            raise ExtractError("it is a web page")
        return _read_xml(body.lstrip(b"\xef\xbb\xbf \t\r\n"), url)
    return _read_lines(body, url)


def _read_xml(body: bytes, url: str) -> Sitemap:
    urls: list[tuple[str, str | None]] = []
    children: list[str] = []
    cut = False
    try:
        for _, element in etree.iterparse(
            io.BytesIO(body), events=("end",), recover=True, resolve_entities=False, no_network=True, huge_tree=False
        ):
            name = local_name(element)
            if name not in ("url", "sitemap"):
                continue
            parts = {local_name(part): (part.text or "").strip() for part in element if isinstance(part.tag, str)}
            address = canonical_url(parts.get("loc", ""), base=url)
            if address and name == "url":
                if len(urls) >= MAX_URLS:
                    cut = True
                    break
                urls.append((address, parts.get("lastmod") or None))
            elif address:
                if len(children) >= MAX_URLS:
                    cut = True
                    break
                children.append(address)
            element.clear()
    except etree.XMLSyntaxError as error:
        raise ExtractError(f"it is no XML: {error}") from None
    if not urls and not children and b"<urlset" not in body[:2000] and b"<sitemapindex" not in body[:2000]:
        raise ExtractError("it is XML, but no sitemap")
    if not cut and not _CLOSED.search(body[-20_000:]):  # it breaks off: so may its last address
        cut = True
        del (urls or children)[-1:]
    return Sitemap(tuple(urls), tuple(children), cut)


def _read_lines(body: bytes, url: str) -> Sitemap:
    lines = body.decode("utf-8", "replace").split()
    found = [
        address for line in lines[:MAX_URLS] if line.startswith("http") and (address := canonical_url(line, base=url))
    ]
    if not found:
        raise ExtractError("it holds no address")
    return Sitemap(tuple((address, None) for address in found), (), len(lines) > MAX_URLS)
