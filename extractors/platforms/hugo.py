"""Hugo."""

from extractors.platform import Platform

REVISION = "hugo/1"

PLATFORM = Platform(
    name="hugo",
    generators=("hugo",),
)
