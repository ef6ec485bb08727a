"""Hexo."""

from extractors.platform import Platform

REVISION = "hexo/1"

PLATFORM = Platform(
    name="hexo",
    generators=("hexo",),
)
