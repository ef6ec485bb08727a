"""Mezzanine, on Django."""

from extractors.platform import Comments, Platform

REVISION = "mezzanine/1"

PLATFORM = Platform(
    name="mezzanine",
    generators=("mezzanine",),
    marks=("/static/mezzanine/",),
    comments=Comments(
        item="comment",
        byline="media-heading",
        date="timespan",
        furniture="media-heading rating",
    ),
)
