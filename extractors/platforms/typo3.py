"""TYPO3."""

from extractors.platform import Platform

REVISION = "typo3/1"

PLATFORM = Platform(
    name="typo3",
    generators=("typo3",),
)
