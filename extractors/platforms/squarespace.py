"""Squarespace, versions 5 to 7."""

from extractors.platform import Comments, Platform

REVISION = "squarespace/1"

PLATFORM = Platform(
    name="squarespace",
    generators=("squarespace",),
    hosts=("squarespace.com",),
    marks=("static1.squarespace.com",),
    furniture={
        "share": "squarespace-social-buttons Share-buttons entry-actions",
        "navigation": "item-pagination blog-item-pagination BlogItem-pagination",
    },
    comments=Comments(
        item="comment",
        lists="comment-list",
        region="squarespace-comments comments-content",
        text="comment-body",
        author="author-name",
        byline="comment-header",
        date="comment-date date",
        furniture="comment-header comment-footer",
    ),
)
