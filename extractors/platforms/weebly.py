"""Weebly."""

from extractors.platform import Comments, Platform

REVISION = "weebly/1"

PLATFORM = Platform(
    name="weebly",
    hosts=("weebly.com",),
    marks=("editmysite.com",),
    comments=Comments(
        item="blogcommentwrap",
        region="blogcommentsinner",
        text="blogcommenttext",
        author="blogcommentauthor",
        date="blogcommentdate",
    ),
)
