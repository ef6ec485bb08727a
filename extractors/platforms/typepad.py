"""Typepad."""

from extractors.platform import Comments, Head, Platform

REVISION = "typepad/2"

PLATFORM = Platform(
    name="typepad",
    generators=("typepad",),
    hosts=("typepad.com",),
    marks=("static.typepad.com",),
    bodies="entry-body",
    furniture={
        "share": "post-share entry-sharing social-share",
        "comment_form": "#comment-form comments-open-content",
        "navigation": (
            "content-nav entry-nav module-typelist module-archives module-categories module-recent-posts "
            "module-recent-comments module-search module-syndicate module-photo-albums module-tagcloud module-calendar"
        ),
    },
    comments=Comments(
        item="comment",
        region="comments all-comments comments-content comments-open trackbacks-content comments-nav",
        text="comment-content",
        byline="comment-footer posted",
        furniture="comment-avatar comment-footer posted comment-permalink",
        pagers="comments-nav",
        pages=r"/comments/page/\d",
    ),
    head=Head(entry="entry-type-post"),
)
