"""How many accounts the forum has: those that wrote in it, and those of them with a real name behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from minsheng.cases.forum import members
from minsheng.public.citizens import accounts


def stocks(city: str, *, on: date) -> Mapping[tuple[str, str, str], int]:
    """Return the forum's accounts, and those with a verified real name; nothing where nobody has written yet."""
    known = members.accounts(city)
    if not known:
        return {}
    verified = accounts.verified(known)
    return {("forum_accounts", "city", ""): len(known), ("forum_accounts", "city", "verified"): verified}
