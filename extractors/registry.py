"""All platforms, and their tables joined into one a purpose: every look-up is one in a set or a dictionary.

A new file in `platforms/` is found by itself; files are read in the order of their names, so the same names mean the
same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules

from extractors import platforms
from extractors.platform import KINDS, Kind, Platform

#: Every platform by its name, in the order of the names.
PLATFORMS: Mapping[str, Platform] = {
    name: import_module(f"{platforms.__name__}.{name}").PLATFORM
    for name in sorted(module.name for module in iter_modules(platforms.__path__))
}


def comment_names(field: str, *others: str) -> frozenset[str]:
    """Return all that platforms call one part of a thread, with what others call it.

    Args:
        field: Of `Comments`.
        others: Names apart by blanks that belong to no platform.
    """
    told = [getattr(platform.comments, field) for platform in PLATFORMS.values()]
    return frozenset(" ".join((*told, *others)).split())


def comment_pattern(field: str, *others: str) -> str:
    """Return a regular expression of all alternatives that platforms name, and others; longest first, in a group.

    Without alternatives it matches nothing.
    """
    parts = sorted(comment_names(field, *others), key=lambda part: (-len(part), part))
    return f"(?:{'|'.join(parts) or '(?!)'})"


def head_names(field: str) -> frozenset[str]:
    """Return all that platforms call one part of a post's head: title, date, entry."""
    return frozenset(name for platform in PLATFORMS.values() for name in getattr(platform.head, field).split())


def widgets(others: Mapping[Kind, Mapping[str, str]]) -> dict[str, tuple[Kind, str]]:
    """Return kind and rule of every name of a widget; an id has a "#" before it.

    Args:
        others: Kind → whose → names apart by blanks, of services that stand on pages of any platform.
    """
    found: dict[str, tuple[Kind, str]] = {}
    for kind in KINDS:
        own = {name: platform.furniture.get(kind, "") for name, platform in PLATFORMS.items()}
        for owner, names in (*own.items(), *others.get(kind, {}).items()):
            for name in names.split():
                found.setdefault(name, (kind, f"{owner}/{name.lstrip('#')}"))
    return found


def inside_only() -> frozenset[str]:
    """Return the names of widgets that are cut within the container of an article only."""
    return frozenset(name for platform in PLATFORMS.values() for name in platform.inside_only.split())


def bodies(others: str, loose_others: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return groups of class names of bodies: first all that hold a body alone, then those of wrappers, by platform.

    Args:
        others: Names of the first group that no platform has for itself, apart by blanks.
        loose_others: Groups of names of wrappers, likewise.
    """
    told = " ".join((*(platform.bodies for platform in PLATFORMS.values()), others))
    loose = (*(platform.loose_bodies for platform in PLATFORMS.values()), *loose_others)
    return tuple(tuple(dict.fromkeys(names.split())) for names in (told, *loose) if names)
