"""Medium."""

from extractors.platform import Platform

REVISION = "medium/1"

PLATFORM = Platform(
    name="medium",
    generators=("medium",),
    hosts=("medium.com",),
    loose_bodies="postarticle-content",
    marks=("cdn-client.medium.com",),
)
