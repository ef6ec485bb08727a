"""Drupal 6 to 10."""

from extractors.platform import Comments, Platform

REVISION = "drupal/1"

PLATFORM = Platform(
    name="drupal",
    generators=("drupal",),
    marks=("/sites/default/files", "drupalSettings"),
    loose_bodies="field-name-body field--name-body",
    comments=Comments(
        item="comment comment-published indented-comment",
        region=("comments comment-wrapper-all comment-wrapper field--type-comment comments__section box-comments"),
        nested="indented",
        text="field--name-comment-body field-name-comment-body comment__content",
        holder="content comment-text",
        author="username",
        byline="submitted comment__author comment-submitted author",
        date="submitted comment__time comment-time",
        furniture=(
            "links inline new comment-new-comments comment__links submitted comment__submitted comment__meta "
            "user-picture"
        ),
        short_ids="node-",
        pagers="pager pager__items",
    ),
)
