"""Medium."""

from extractors.platform import Platform

REVISION = "medium/1"

PLATFORM = Platform(
    name="medium",
    generators=("medium",),
    hosts=("medium.com",),
    marks=("cdn-client.medium.com",),
)
