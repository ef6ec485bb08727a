"""ExpressionEngine."""

from extractors.platform import Comments, Platform

REVISION = "expressionengine/1"

PLATFORM = Platform(
    name="expressionengine",
    generators=("expressionengine",),
    comments=Comments(
        item="comment-entry",
        region="comments-wrapper",
        byline="comment-meta postedby",
    ),
)
