"""Reddit: threads of 2018 to 2023, whose class names are drawn by lot, and those before."""

from extractors.platform import Comments, Platform

REVISION = "reddit/1"

PLATFORM = Platform(
    name="reddit",
    hosts=("reddit.com",),
    marks=("www.redditstatic.com",),
    comments=Comments(
        region="commentarea",
        nested="child",
        text="richtextjson-root usertext-body",
        byline="tagline",
        furniture="flat-list score numchildren expand",
        word_ids="(?:thing_)?t1_",
    ),
)
