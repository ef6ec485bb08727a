"""Which platform a page comes from, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from extractors.document import Document
from extractors.registry import PLATFORMS

_GENERATORS: Mapping[str, str] = {word: name for name, one in PLATFORMS.items() for word in one.generators}
_HOSTS: Mapping[str, str] = {host: name for name, one in PLATFORMS.items() for host in one.hosts}
_MARKS: Mapping[str, str] = {mark: name for name, one in PLATFORMS.items() for mark in one.marks}


class Recognised(NamedTuple):
    """A platform, None where nothing tells, and how sure it is that the page is its own."""

    platform: str | None
    confidence: float  #: 1.0 by its own domain, 0.9 by what the page says made it, 0.6 by a mark in the source, 0.0


def recognise(document: Document) -> Recognised:
    """Tell the platform of a page, the surest sign first; of several marks the first in the source counts.

    The head comes first there: a picture of another site's stands in the body.
    """
    sure = recognise_surely(document)
    if sure.platform is not None:
        return sure
    places = {place: platform for mark, platform in _MARKS.items() if (place := document.text.find(mark)) >= 0}
    return Recognised(places[min(places)], 0.6) if places else sure


def recognise_surely(document: Document) -> Recognised:
    """Tell the platform of a page by its domain or by what the page says made it; by nothing less."""
    if (platform := _by_host(document.url)) is not None:
        return Recognised(platform, 1.0)
    told = document.metas.get("generator", "").lower()
    platform = next((platform for word, platform in _GENERATORS.items() if word in told), None) if told else None
    return Recognised(platform, 0.9 if platform else 0.0)


def _by_host(url: str) -> str | None:
    try:
        labels = (urlsplit(url).hostname or "").split(".")
    except ValueError:
        return None
    for place, label in enumerate(labels):
        for domain in (".".join(labels[place:]), f"{label}."):
            if domain in _HOSTS:
                return _HOSTS[domain]
    return None
