"""Substack."""

from extractors.platform import Comments, Platform

REVISION = "substack/1"

PLATFORM = Platform(
    name="substack",
    generators=("substack",),
    hosts=("substack.com",),
    marks=("substackcdn.com",),
    loose_bodies="available-content",
    furniture={
        "share": "post-ufi post-footer-actions share-dialog post-ufi-button",
        "subscribe": (
            "subscription-widget subscription-widget-wrap subscribe-widget subscribe-footer "
            "subscription-widget-wrap-editor"
        ),
    },
    comments=Comments(
        item="comment",
        lists="comment-list",
        region="comments-section comments-page comment-list-container",
        nested="comment-list",
        text="comment-body",
        holder="comment-content",
        author="commenter-name",
        date="comment-timestamp",
        furniture="comment-meta comment-actions show-all-toggle",
    ),
)
