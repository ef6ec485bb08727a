"""Jetpack, a plugin of WordPress, and WordPress.com, which has it built in."""

from extractors.platform import Platform

REVISION = "jetpack/1"

PLATFORM = Platform(
    name="jetpack",
    furniture={
        "share": (
            "sharedaddy sd-sharing-enabled sd-sharing sd-social robots-nocontent jp-sharing-input-touch "
            "wp-block-jetpack-sharing-buttons #jp-post-flair #sharing_email sharing-hidden"
        ),
        "like": (
            "jetpack-likes-widget-wrapper jetpack-likes-widget-unloaded sd-like wpl-likebox #likes-other-gravatars "
            "#likes-master wp-block-jetpack-like"
        ),
        "related": "jp-relatedposts wp-block-jetpack-related-posts #jp-relatedposts",
        "comment_form": ("#comment-form__verbum jetpack_remote_comment #comment-form-identity highlander-comment-form"),
        "subscribe": (
            "wp-block-jetpack-subscriptions wp-block-jetpack-subscriptions__container jetpack-subscribe-modal "
            "jetpack_subscription_widget jetpack-subscription-modal post-subscription-form #bit #actionbar "
            "#loggedout-follow #follow-bubble #subscribe-blog"
        ),
        "cookie": "eu-cookie-law widget_eu_cookie_law_widget #eu-cookie-law",
        "other": "wpcnt wpa wordads-ad wpcom-ad jetpack-ad #wpcom-adsense",
    },
    inside_only="robots-nocontent",
)
