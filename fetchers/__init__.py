"""Fetching: one request in, every message that went over the wire out. The only package that imports httpx."""

from fetchers.client import Fetcher
from fetchers.robots import RobotsState

__all__ = ["Fetcher", "RobotsState"]
