"""Who reads nothing: machines, pages that are fetched ahead of a click, heads alone. Views and uses leave them out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

# Machines that say so; most crawlers have one of the first words in their name.
_ROBOT: Final = re.compile(
    r"bot\b|bot[/_-]|crawl|spider|slurp|archiver|monitor|headless|python|curl|wget|java/|go-http|okhttp|scrapy|httpx"
    r"|libwww|facebookexternalhit|feed|rss",
    re.IGNORECASE,
)


def is_robot(method: str | None, headers: Mapping[str, str]) -> bool:
    """Return whether nobody reads the page that is asked for."""
    agent = headers.get("User-Agent", "")
    ahead = f"{headers.get('Sec-Purpose', '')} {headers.get('Purpose', '')}".lower()
    return method == "HEAD" or "prefetch" in ahead or "prerender" in ahead or not agent or bool(_ROBOT.search(agent))
