"""Which rules make the pages: one name for the code, all modules' revisions, the phrases and trafilatura's release.

A page that differs only because this differs is our change, not the author's. Asked for on every ingest, so nothing
heavy is imported: revisions are read from the sources, the release from the installed package's metadata.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from variorum.digests import canonical_json, sha256_hex

_REVISION = re.compile(r'^(?:REVISION|RULES)(?:\s*:\s*[^=\n]+)?\s*=\s*["\']([^"\'\n]+)["\']', re.M)


class Fingerprint(NamedTuple):
    """Name, release and digest of the configuration of the extractor, and the profile of the site that it reads."""

    name: str
    version: str
    config_sha256: str
    profile: str | None = None  #: revision of the site's profile, None where it is read without one

    @property
    def text(self) -> str:
        """One line: "variorum 0.1.0 1f2e…" with the whole digest, and behind it the profile, if there is one."""
        rules = f"{self.name} {self.version} {self.config_sha256}"
        return f"{rules} {self.profile}" if self.profile else rules


@cache
def fingerprint(profile: str | None = None) -> Fingerprint:
    """Return the fingerprint of the extractors as installed; the same all through a process.

    Args:
        profile: Revision of the profile of the site that is read (extractors/profile.py).
    """
    config = sha256_hex(canonical_json(_configuration(Path(__file__).parent)))
    return Fingerprint("variorum", _version("variorum"), config, profile)


def _configuration(folder: Path) -> dict[str, str]:
    """Return all that decides what is extracted: revision by module, digest by phrase table, release by library."""
    parts = {"trafilatura": _version("trafilatura"), "lxml": _version("lxml")}
    for path in sorted(folder.rglob("*.py")):
        match = _REVISION.search(path.read_text(encoding="utf-8"))
        if match:
            parts[path.relative_to(folder).as_posix()] = match[1]
    for path in sorted(folder.rglob("*.tsv")):
        parts[path.relative_to(folder).as_posix()] = sha256_hex(path.read_bytes())
    return parts


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0"
