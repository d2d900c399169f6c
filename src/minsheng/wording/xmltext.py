"""Text as XML can hold it."""

from __future__ import annotations

import re
from typing import Final

# XML 1.0, production 2: everything else can't stand in a document, not even escaped.
_NEVER: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def holdable(text: str) -> str:
    """Return a text without the characters that no XML document can hold."""
    return _NEVER.sub("", text)
