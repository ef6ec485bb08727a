"""Hatena Blog."""

from extractors.platform import Comments, Platform

REVISION = "hatena/1"

PLATFORM = Platform(
    name="hatena",
    hosts=("hatenablog.com", "hatenablog.jp", "hatenadiary.com", "hatenadiary.jp", "hateblo.jp"),
    marks=("cdn.blog.st-hatena.com",),
    furniture={"share": "social-buttons hatena-star-container", "related": "hatena-module-related-entries"},
    comments=Comments(
        item="entry-comment",
        region="js-comment-box",
        text="comment-content",
        author="comment-user-name comment-nickname",
        date="comment-metadata",
        furniture="leave-comment-title comment-delete-button",
    ),
)
