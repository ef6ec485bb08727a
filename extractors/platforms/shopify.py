"""Shopify: the blog of its themes."""

from extractors.platform import Comments, Head, Platform

REVISION = "shopify/1"

PLATFORM = Platform(
    name="shopify",
    hosts=("myshopify.com",),
    marks=("cdn.shopify.com",),
    loose_bodies="article-template__content",
    furniture={"share": "article-template__social-sharing", "navigation": "article-template__back"},
    comments=Comments(
        item="article-template__comments-comment",
        region="article-template__comments article-template__comments-wrapper",
    ),
    head=Head(title="article-template__title"),
)
