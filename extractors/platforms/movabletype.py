"""Movable Type, its templates of versions 3 to 5."""

from extractors.platform import Comments, Head, Platform

REVISION = "movabletype/1"

PLATFORM = Platform(
    name="movabletype",
    generators=("movable type", "movabletype"),
    loose_bodies="asset-body asset-content",
    furniture={
        "comment_form": "comments-open-footer #comments-open comments-form",
    },
    comments=Comments(
        item="comment comments-body commentbody",
        region=("comments comments-content comments-open comments-closed comments-open-content comments-open-footer"),
        text="comment-content",
        holder="comments-body comment-inner",
        byline="byline comments-post comment-header cheader comment-footer posted",
        furniture="comments-post comment-header comment-footer posted byline",
    ),
    head=Head(title="asset-name"),
)
