"""Serendipity."""

from extractors.platform import Comments, Platform

REVISION = "serendipity/1"

PLATFORM = Platform(
    name="serendipity",
    generators=("serendipity",),
    comments=Comments(
        item="serendipity_comment",
        region="serendipity_comments serendipity_section_comments comments serendipity_commentform",
        text="serendipity_commentbody comment_content",
        byline="serendipity_comment_source",
        furniture="serendipity_comment_source",
    ),
)
