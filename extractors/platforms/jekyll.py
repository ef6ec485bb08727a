"""Jekyll, and the threads of Staticman, which such sites carry in their pages."""

from extractors.platform import Comments, Platform

REVISION = "jekyll/1"

PLATFORM = Platform(
    name="jekyll",
    generators=("jekyll",),
    loose_bodies="page__content",
    furniture={"share": "page__share", "related": "page__related", "comment_form": "page__comments-form"},
    comments=Comments(
        item="js-comment static-comment comment__item comment-static",
        region="js-comments comments__existing",
        text="comment__content comment__text comment__body",
        author="comment__author",
        date="comment__date",
    ),
)
