"""wpForo, a plugin of forums for WordPress."""

from extractors.platform import Platform

REVISION = "wpforo/1"

PLATFORM = Platform(
    name="wpforo",
    furniture={
        "navigation": (
            "wpforo-menu wpforo-subtop wpf-breadcrumb wpf-navi wpforo-topic-footer wpforo-footer wpf-bottom-bar "
            "wpforo-right-sidebar wpf-please-login"
        ),
    },
)
