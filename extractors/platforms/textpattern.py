"""Textpattern."""

from extractors.platform import Comments, Platform

REVISION = "textpattern/1"

PLATFORM = Platform(
    name="textpattern",
    generators=("textpattern",),
    comments=Comments(
        item="comment",
        region="comments comments-wrapper",
        text="comment-message",
        byline="comment-meta comment_permlink",
        ids=r"c(?=0\d{5}$)",
    ),
)
