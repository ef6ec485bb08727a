"""Overblog."""

from extractors.platform import Comments, Platform

REVISION = "overblog/1"

PLATFORM = Platform(
    name="overblog",
    generators=("overblog",),
    hosts=("over-blog.com", "over-blog.fr", "over-blog.net"),
    marks=("assets.over-blog",),
    comments=Comments(
        item="ob-comment",
        region="ob-comments",
        byline="ob-user",
        nested="ob-comment-replies",
        text="ob-text",
        holder="ob-message",
        author="ob-name",
        date="ob-date",
        furniture="ob-info ob-avatar ob-reply ob-answer ob-link",
    ),
)
