"""Tumblr: notes are likes, reblogs and replies."""

from extractors.platform import Comments, Platform

REVISION = "tumblr/1"

PLATFORM = Platform(
    name="tumblr",
    generators=("tumblr",),
    hosts=("tumblr.com",),
    marks=("assets.tumblr.com",),
    comments=Comments(
        item="with_commentary note-commentary",
        lists="notes",
        region="notecontainer post-notes",
        text="answer_content",
        author="tumblelog",
        byline="action",
        furniture="action avatar_frame more_notes_link_container",
    ),
)
