"""The catalogue of interface phrases: read once, at the first look-up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from variorum.digests import sha256_hex

_MOST_IN_HOLES = 160  #: characters that the placeholders of a phrase may hold together
_MOST_SEGMENTED = 110  #: longest line that is tried as several phrases run together


@dataclass(frozen=True, slots=True)
class Hit:
    """What a line was recognised as. A strong hit may begin a block; a weak one needs company."""

    kind: str  #: as in `Removed.kind`
    role: str  #: heading, cancel, reply, says, counter, count, date, or nothing
    strong: bool
    rule: str  #: catalogue, catalogue/hole, catalogue/joined, date, …


@dataclass(frozen=True, slots=True)
class _Pattern:
    parts: tuple[str, ...]  #: the literal text between the holes
    glued: tuple[bool, ...]  #: for each hole, whether it touches the text before it without a blank
    hit: Hit
    dated: bool  #: whether a number must stand in it, unless all holes are empty

    def matches(self, key: str) -> bool:
        held = len(key) - sum(map(len, self.parts))
        if held > _MOST_IN_HOLES or (self.dated and "0" not in key and held > 2 * len(self.glued)):
            return False
        at = 0
        last = len(self.parts) - 1
        for number, part in enumerate(self.parts):
            if number == 0:
                if not key.startswith(part):
                    return False
                at = len(part)
                continue
            if not self.glued[number - 1] and at and at < len(key) and key[at] not in ' "':
                return False
            found = len(key) - len(part) if number == last and part else key.find(part, at)
            if found < at or not key.startswith(part, found):
                return False
            at = found + len(part)
        return True


@dataclass(frozen=True, slots=True)
class _Catalogue:
    exact: dict[str, Hit]
    by_head: dict[str, tuple[_Pattern, ...]]
    by_tail: dict[str, tuple[_Pattern, ...]]
    heads: dict[str, tuple[str, ...]]  #: first three characters of the exact phrases → those that may begin so


def digest() -> str:
    """Return the SHA-256 of the packaged table: it names the catalogue that a cleaning was made with."""
    return sha256_hex(_table())


def look_up(key: str) -> Hit | None:
    """Return what a normalised line is, None if the catalogue does not know it as a whole."""
    table = _load()
    hit = table.exact.get(key)
    if hit is not None:
        return hit
    for pattern in table.by_head.get(key[:3], ()):
        if pattern.matches(key):
            return pattern.hit
    for pattern in table.by_tail.get(key[-3:], ()):
        if pattern.matches(key):
            return pattern.hit
    return None


def look_up_joined(key: str) -> Hit | None:
    """Return what a line of several phrases run together is ("LikenGefällt 0 Person"), None if anything is left over.

    Strong if one of the phrases is, or if there are three; the kind is that of the first strong phrase, else of the
    first.
    """
    if not 6 <= len(key) <= _MOST_SEGMENTED or key[:3] not in _load().heads:
        return None
    return _joined(key)


@lru_cache(maxsize=4096)  # the same labels stand all over a site
def _joined(key: str) -> Hit | None:
    table = _load()
    found: list[tuple[str, ...] | None] = [()] + [None] * len(key)
    for start in range(len(key)):
        before = found[start]
        if before is None:
            continue
        if key[start] in ' |/•·,;:"()':
            found[start + 1] = found[start + 1] or before
            continue
        for phrase in table.heads.get(key[start : start + 3], ()):
            end = start + len(phrase)
            if end <= len(key) and found[end] is None and key.startswith(phrase, start):
                found[end] = (*before, phrase)
    phrases = found[-1]
    if not phrases or len(phrases) < 2 or sum(map(len, phrases)) < 6:
        return None
    hits = [table.exact[phrase] for phrase in phrases]
    first = next((hit for hit in hits if hit.strong), hits[0])
    return Hit(first.kind, first.role, first.strong or len(hits) > 2, "catalogue/joined")


def beginnings(kinds: frozenset[str]) -> frozenset[str]:
    """Return the first three characters of all phrases of some kinds: what begins otherwise need not be looked up."""
    table = _load()
    patterns = (pattern for group in table.by_head.values() for pattern in group)
    return frozenset(phrase[:3] for phrase, hit in table.exact.items() if hit.kind in kinds) | frozenset(
        pattern.parts[0][:3] for pattern in patterns if pattern.hit.kind in kinds
    )


def ends_in_cancel(key: str) -> bool:
    """Return whether a line ends in the link that cancels a reply: the heading of a form, in its blog's own words."""
    words = key.split(" ")
    return any(
        (hit := _load().exact.get(" ".join(words[-count:]))) is not None and hit.role == "cancel"
        for count in range(2, min(len(words), 6))
    )


@cache
def _table() -> bytes:
    return files("extractors.residue").joinpath("phrases.tsv").read_bytes()


@cache
def _load() -> _Catalogue:
    exact: dict[str, Hit] = {}
    by_head: dict[str, list[_Pattern]] = {}
    by_tail: dict[str, list[_Pattern]] = {}
    for row in _table().decode().splitlines():
        kind, role, strength, _, phrase = row.split("\t")
        strong = strength == "strong"
        dated = "{0}" in phrase
        phrase = phrase.replace("{0}", "{}")
        if "{}" not in phrase:
            exact[phrase] = Hit(kind, role, strong, "catalogue")
            continue
        raw = phrase.split("{}")
        pattern = _Pattern(
            tuple(part.strip() for part in raw),
            tuple(bool(part) and part[-1] != " " for part in raw[:-1]),
            Hit(kind, role, strong or role == "counter", "catalogue/hole"),
            dated,
        )
        if len(pattern.parts[0]) >= 3:
            by_head.setdefault(pattern.parts[0][:3], []).append(pattern)
        elif len(pattern.parts[-1]) >= 3:
            by_tail.setdefault(pattern.parts[-1][-3:], []).append(pattern)
    heads: dict[str, list[str]] = {}
    for phrase in exact:
        if len(phrase) > 1:
            heads.setdefault(phrase[:3], []).append(phrase)
    short = [phrase for phrase in exact if len(phrase) == 2]
    return _Catalogue(
        exact,
        {key: tuple(value) for key, value in by_head.items()},
        {key: tuple(value) for key, value in by_tail.items()},
        {
            head: tuple(dict.fromkeys((*phrases, *(phrase for phrase in short if head.startswith(phrase)))))
            for head, phrases in heads.items()
        },
    )
