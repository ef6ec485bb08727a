"""Nothing happened: told by the listings alone, before a line of them is parsed.

Where a platform's own interface lists every post and comment in full (WordPress REST), an ingest that finds all its
listing documents byte for byte as they were has seen every text unchanged. Only a run that left nothing open is
remembered for this: no failure, no work that waits for a second look, no page left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from extractors import rest
from flows.discovery import REFUSALS, Listing
from flows.visiting import Seen, Visitor

#: In `Source.settings`: [address, role, SHA-256] of the documents, and the rules that read them. The digest, because
#: "as at the visit before" is not enough: that may be of a run that died before it archived what the document told.
KEY = "archived_listing"
_ROLES = ("rest-posts", "rest-pages", "rest-comments", "feed", "sitemap")


def remembered(listing: Listing, extractor: str, protected: int) -> dict[str, Any] | None:
    """Return what to remember of a run that left nothing open; None where REST did not list everything.

    Args:
        listing: What the listers told.
        extractor: Fingerprint of the rules that read it.
        protected: How many of the works ask for a password.
    """
    if not listing.complete >= {"rest", "rest-comments"}:
        return None
    documents = [[seen.exchange.url, seen.exchange.role, seen.sha256] for seen in listing.documents if seen.found]
    return {
        "extractor": extractor,
        "documents": [told for told in documents if told[1] in _ROLES],
        "found": len(listing.works),
        "protected": protected,
    }


class Quiet(NamedTuple):
    """Listings that are as they were, and what they told."""

    documents: list[Seen]
    found: int  #: works that they list
    protected: int  #: of which so many ask for a password


def look(settings: Mapping[str, object], extractor: str, visitor: Visitor) -> Quiet | None:
    """Fetch the listing documents that are remembered.

    Returns:
        The documents if none of them changed. None otherwise: what was fetched is handed out by `Visitor.see` when the
        listers are asked.
    """
    told = settings.get(KEY)
    if not isinstance(told, dict) or told.get("extractor") != extractor or "found" not in told:
        return None
    seen = []
    for url, role, sha256 in told["documents"]:
        document = visitor.look_ahead(url, role, expect=REFUSALS)
        if not document.found or document.sha256 != sha256:
            return None
        seen.append(document)
    return Quiet(seen, told["found"], told["protected"]) if seen and _is_whole(seen) else None


def _is_whole(seen: Sequence[Seen]) -> bool:
    """Return whether no listing has grown by a page: the page before a new one stays as it was."""
    for role in ("rest-posts", "rest-pages", "rest-comments"):
        pages = [document for document in seen if document.exchange.role == role]
        if not pages or any((rest.total_pages(page.exchange.headers) or 0) > len(pages) for page in pages):
            return False
    return True
