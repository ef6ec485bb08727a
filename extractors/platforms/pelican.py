"""Pelican."""

from extractors.platform import Platform

REVISION = "pelican/1"

PLATFORM = Platform(
    name="pelican",
    generators=("pelican",),
)
