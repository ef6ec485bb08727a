"""Pelican."""

from extractors.platform import Platform

REVISION = "pelican/1"

PLATFORM = Platform(
    name="pelican",
    generators=("pelican",),
    furniture={"byline": "post-info"},
    inside_only="post-info",
)
