"""Log lines without personal data: whatever looks like a phone or identity number is masked before any sink sees it."""

from __future__ import annotations

import logging
import re

# Chinese letters are no part of a number, and stand right beside it.
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z_-])(?:1[3-9]\d{9}|\d{17}[\dXx]|\d{15}|0\d{2,3}-?\d{7,8})(?![0-9A-Za-z_-])")


class Masked(logging.Formatter):
    """Formats as usual, tracebacks included, then masks numbers and keeps one record from pretending to be two."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; control characters of the message are shown, not obeyed."""
        return mask(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the first line alone, with line breaks of the message escaped."""
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)


def mask(text: str) -> str:
    """Return the text with everything that looks like a phone or identity number replaced."""
    return _LONG_NUMBER.sub("***", text)
