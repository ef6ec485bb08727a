"""Habari."""

from extractors.platform import Platform

REVISION = "habari/1"

PLATFORM = Platform(
    name="habari",
    generators=("habari",),
)
