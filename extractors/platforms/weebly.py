"""Weebly."""

from extractors.platform import Comments, Head, Platform

REVISION = "weebly/1"

PLATFORM = Platform(
    name="weebly",
    hosts=("weebly.com",),
    marks=("editmysite.com",),
    loose_bodies="blog-content",
    furniture={"share": "blog-social", "navigation": "blog-comments-bottom"},
    comments=Comments(
        item="blogcommentwrap",
        region="blog-comment-area blogcommentsinner blogcommentreplywrapper",
        text="blogcommenttext",
        author="blogcommentauthor",
        date="blogcommentdate",
        furniture="blogcommentoptions",
        levels="blogcommentlevel",
    ),
    head=Head(title="blog-title", date="blog-date"),
)
