"""Eleventy."""

from extractors.platform import Platform

REVISION = "eleventy/1"

PLATFORM = Platform(
    name="eleventy",
    generators=("eleventy",),
    furniture={"navigation": "links-nextprev"},
)
