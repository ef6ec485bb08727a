"""Discourse: topics as its page for crawlers shows them."""

from extractors.platform import Comments, Platform

REVISION = "discourse/1"

PLATFORM = Platform(
    name="discourse",
    generators=("discourse",),
    comments=Comments(
        region="discourse-comments",
        drawn="discourse-comments",
        text="cooked",
        author="creator",
        date="post-time",
    ),
)
