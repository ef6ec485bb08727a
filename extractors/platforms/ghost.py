"""Ghost: its themes' body and cards."""

from extractors.platform import Comments, Platform

REVISION = "ghost/1"

PLATFORM = Platform(
    name="ghost",
    generators=("ghost",),
    hosts=("ghost.io",),
    marks=("data-ghost=", "/ghost/api/"),
    loose_bodies="gh-content post-full-content kg-canvas",
    furniture={
        "share": "gh-article-share post-share-links",
        "related": "read-next read-next-feed gh-read-next",
        "subscribe": "gh-subscribe gh-post-upgrade-cta gh-signup subscribe-form kg-signup-card",
        "byline": "gh-post-author-card author-card",
    },
    comments=Comments(
        item="gh-comment",
        region="gh-comments",
        text="gh-comment-content gh-comment-body",
    ),
)
