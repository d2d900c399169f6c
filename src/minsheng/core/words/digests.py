"""What the ledger holds of words: a digest whose salt is sealed with them, so that nobody guesses a name by it."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import Final

from minsheng.domain.facts import Event

PREFIX: Final = "sha256:"
SALT: Final = "salt"


def spoken(event: Event) -> dict[str, str]:
    """Return the words that an event has, by field; of one from the ledger, their digests."""
    named = (each.name for each in fields(event) if each.metadata.get("words"))
    return {name: text for name in named if (text := getattr(event, name))}


def digest(text: str, *, salt: str) -> str:
    """Return what the ledger holds of a text."""
    salted = salt.encode() + b"\0" + text.encode()
    return f"{PREFIX}{hashlib.sha256(salted).hexdigest()}"
