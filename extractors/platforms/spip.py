"""SPIP."""

from extractors.platform import Comments, Platform

REVISION = "spip/1"

PLATFORM = Platform(
    name="spip",
    generators=("spip",),
    comments=Comments(
        item="forum-fil comment-li",
        region="comments-ul",
        text="forum-texte",
        byline="forum-chapo",
        date="forum-chapo",
        furniture="forum-titre",
        ids="forum",
    ),
)
