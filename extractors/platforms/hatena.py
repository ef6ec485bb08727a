"""Hatena Blog."""

from extractors.platform import Comments, Platform

REVISION = "hatena/1"

PLATFORM = Platform(
    name="hatena",
    hosts=("hatenablog.com", "hatenablog.jp", "hatenadiary.com", "hatenadiary.jp", "hateblo.jp"),
    marks=("cdn.blog.st-hatena.com",),
    comments=Comments(
        item="entry-comment",
        author="comment-user-name comment-nickname",
    ),
)
