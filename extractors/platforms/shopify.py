"""Shopify: the blog of its themes."""

from extractors.platform import Comments, Platform

REVISION = "shopify/1"

PLATFORM = Platform(
    name="shopify",
    hosts=("myshopify.com",),
    marks=("cdn.shopify.com",),
    comments=Comments(
        item="article-template__comments-comment",
        region="article-template__comments article-template__comments-wrapper",
    ),
)
