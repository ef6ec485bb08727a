"""SB Nation's blogs."""

from extractors.platform import Comments, Platform

REVISION = "sbnation/1"

PLATFORM = Platform(
    name="sbnation",
    comments=Comments(
        item="citem",
        lists="comment_master_list",
        text="cbody",
        byline="by",
        title="comment_title",
        furniture="by",
    ),
)
