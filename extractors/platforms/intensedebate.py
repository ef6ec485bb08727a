"""IntenseDebate: threads that a script drew."""

from extractors.platform import Comments, Platform

REVISION = "intensedebate/1"

PLATFORM = Platform(
    name="intensedebate",
    comments=Comments(
        item="idc-c idc-comment",
        region="idc-container idc-cover",
        text="idc-c-t idc-c-t-inner",
        author="idc-a",
        byline="idc-c-h",
        furniture="idc-c-h idc-c-m idc-c-b idc-v",
        ids="idcomment",
    ),
)
