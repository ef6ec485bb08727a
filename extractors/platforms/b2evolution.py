"""b2evolution, its skins of version 1 (`bcomment`) and of today (`evo_comment`)."""

from extractors.platform import Comments, Platform

REVISION = "b2evolution/1"

PLATFORM = Platform(
    name="b2evolution",
    generators=("b2evolution",),
    comments=Comments(
        item="bcomment evo_comment",
        region="bcomments evo_comments",
        text="bcommenttext evo_comment__text",
        byline="bcommenttitle evo_comment_title",
        furniture="bcommentsmallprint evo_comment_footer bcommenttitle",
    ),
)
