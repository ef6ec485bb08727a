"""Residue of blog pages in plain text: found by phrase and order, removed by whole lines."""

from extractors.residue.catalogue import digest
from extractors.residue.clean import clean
from extractors.residue.records import Cleaned, PlainComment

__all__ = ["Cleaned", "PlainComment", "clean", "digest"]
