"""dasBlog, on ASP.NET."""

from extractors.platform import Comments, Head, Platform

REVISION = "dasblog/1"

PLATFORM = Platform(
    name="dasblog",
    generators=("dasblog",),
    bodies="itembodystyle",
    comments=Comments(
        item="commentboxstyle",
        region="commentviewboxstyle",
        text="commentbodystyle",
        author="commentpermalinkstyle",
        date="commentdatestyle",
        own="commentboxauthorstyle",
        furniture="commentboxfooterstyle commentspamstatestyle",
    ),
    head=Head(title="itemtitlestyle", date="dateheaderstyle"),
)
