"""Hexo."""

from extractors.platform import Platform

REVISION = "hexo/1"

PLATFORM = Platform(
    name="hexo",
    generators=("hexo",),
    loose_bodies="article-entry",
    furniture={"navigation": "article-nav-link-wrap #article-nav", "share": "article-share-link"},
)
