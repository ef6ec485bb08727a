"""Echo, once JS-Kit: threads that a script drew."""

from extractors.platform import Comments, Platform

REVISION = "echo/1"

PLATFORM = Platform(
    name="echo",
    comments=Comments(
        item="js-singlecomment js-singlecommentdepth0",
        region="js-kit-comments",
        drawn="js-kit-comments",
        text="js-singlecommentbody",
        author="js-singlecommentname",
        date="js-singlecommentdate",
    ),
)
