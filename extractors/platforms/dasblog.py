"""dasBlog, on ASP.NET."""

from extractors.platform import Comments, Platform

REVISION = "dasblog/1"

PLATFORM = Platform(
    name="dasblog",
    generators=("dasblog",),
    comments=Comments(
        item="commentboxstyle",
        text="commentbodystyle",
        byline="commentdatestyle",
        date="commentdatestyle",
    ),
)
