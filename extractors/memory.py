"""How what a site repeats is kept from run to run, and when it makes another profile. No I/O.

The profile is part of the extractor's fingerprint: another one means that every page is read again, and that what
differs is a `technical` change. So it is made of whole steps. It is asked for only once half of the pages that are held
were sampled since it was made, that is at 8 pages, 16, 32 … `MOST`, and after a new theme; and it is replaced only when
it rests on twice as many pages as before, or added to when half of the lines that repeat are new.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable

from extractors.profile import Sample, SiteProfile, learn

MOST = 128  #: pages of a site that are held
LEAST = 8  #: pages; with fewer an archive reads as without any memory
_SAME = 0.5  #: share of the lines that repeat which are known: with fewer it is another template
_MOST_LINES = 4_000  #: of a profile that templates are added to
_BYTES = 8  #: of a line's number


def is_due(held: int, young: int) -> bool:
    """Return whether a profile is to be looked for.

    Args:
        held: Pages of the site that are held.
        young: Those among them that were sampled, or changed, since it was last looked for.
    """
    return held >= LEAST and 2 * young >= held


def renewed(old: SiteProfile | None, samples: Iterable[Sample]) -> SiteProfile | None:
    """Return the profile that a site is to be read by from now on: a new one, or the very one that is in use.

    Args:
        old: In use; None where there is none yet.
        samples: Of all pages that are held.
    """
    new = learn(list(samples), careful=True)
    if new is None or not _lines(new):
        return old
    if old is None:
        return new
    now, known = _lines(new), _lines(old)
    if len(now & known) < _SAME * len(now):
        return _both(old, new) if len(now | known) <= _MOST_LINES else new
    return new if new.pages >= 2 * old.pages else old


def _both(old: SiteProfile, new: SiteProfile) -> SiteProfile:
    """Return a profile that knows the old template, too: pages are held that nobody has fetched since."""
    head, foot = old.head | new.head, old.foot | new.foot
    return SiteProfile(new.pages, head, foot, (old.inner | new.inner) - head - foot, careful=True)


def _lines(profile: SiteProfile) -> frozenset[int]:
    return profile.head | profile.foot | profile.inner


# ------------------------------------------------------------------------------------------------ as bytes
def pack(sample: Sample) -> bytes:
    """Return a sample as bytes, nine for a line."""
    return _as_bytes(sample.keys) + sample.prose


def unpack(packed: bytes) -> Sample:
    """Return the sample that `pack` made bytes of."""
    count = len(packed) // (_BYTES + 1)
    return Sample(_as_keys(packed[: count * _BYTES]), packed[count * _BYTES :])


def pack_profile(profile: SiteProfile) -> tuple[bytes, bytes, bytes]:
    """Return the lines of head, foot and inner as bytes, eight for a line: the same for equal profiles."""
    head, foot, inner = (_as_bytes(array("Q", sorted(part))) for part in (profile.head, profile.foot, profile.inner))
    return head, foot, inner


def unpack_profile(pages: int, packed: Iterable[bytes]) -> SiteProfile:
    """Return the profile that `pack_profile` made bytes of.

    Args:
        pages: That it was learnt from.
        packed: Its head, foot and inner.
    """
    head, foot, inner = (frozenset(_as_keys(part)) for part in packed)
    return SiteProfile(pages, head, foot, inner, careful=True)


def _as_bytes(keys: array[int]) -> bytes:
    if sys.byteorder == "big":
        keys = array("Q", keys)
        keys.byteswap()
    return keys.tobytes()


def _as_keys(packed: bytes) -> array[int]:
    keys = array("Q", packed)
    if sys.byteorder == "big":
        keys.byteswap()
    return keys
