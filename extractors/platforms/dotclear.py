"""Dotclear, its themes of version 2."""

from extractors.platform import Comments, Platform

REVISION = "dotclear/1"

PLATFORM = Platform(
    name="dotclear",
    generators=("dotclear",),
    comments=Comments(
        region="comments pings",
        nested="comment-answers",
        holder="comment-content",
        byline="comment-info",
    ),
)
