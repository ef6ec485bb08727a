"""Commento, a service of threads that a script draws; archives hold what it drew."""

from extractors.platform import Comments, Platform

REVISION = "commento/1"

PLATFORM = Platform(
    name="commento",
    comments=Comments(
        item="commento-card",
        region="commento commento-root",
        drawn="commento",
        text="commento-card-body commento-body",
        author="commento-name",
        date="commento-timeago",
        furniture="commento-header",
        ids="commento-comment-card-",
    ),
)
