"""Log lines without personal data: whatever looks like a phone or identity number is masked before any sink sees it.

The program logs by the standard library; structlog writes the lines, as text or as JSON, with the id of the request.
"""

from __future__ import annotations

import re
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Chinese letters are no part of a number, and stand right beside it.
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z_-])(?:1[3-9]\d{9}|\d{17}[\dXx]|\d{15}|0\d{2,3}-?\d{7,8})(?![0-9A-Za-z_-])")
# What our own lines say beside their words. Whatever else libraries put into a record (Django: the whole request, with
# what was searched for) stays out.
_BESIDE: Final = ("job", "stream", "city", "request")


class Lines(structlog.stdlib.ProcessorFormatter):
    """Formats a record as text or JSON, tracebacks included, then masks numbers."""

    def __init__(self, style: str) -> None:
        super().__init__(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(allow=_BESIDE),
                structlog.processors.TimeStamper(fmt="iso" if style == "json" else "%Y-%m-%d %H:%M:%S.%f", utc=False),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _as_json() if style == "json" else as_line,
                masked,
            ],
        )


def as_line(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    """Return a record as one line of text, with its traceback below; control characters are shown, not obeyed."""
    said = str(event.pop("event", "")).replace("\r", "\\r").replace("\n", "\\n")
    first = [str(event.pop(key, "")) for key in ("timestamp", "level", "logger")]
    traceback = event.pop("exception", "")
    beside = [f"{key}={value}" for key, value in sorted(event.items())]
    line = " ".join([first[0], first[1].upper(), first[2], said, *beside])
    return f"{line}\n{traceback}" if traceback else line


def masked(_logger: WrappedLogger, _name: str, line: Any) -> str:
    """Return the finished line with numbers masked."""
    return mask(str(line))


def mask(text: str) -> str:
    """Return the text with everything that looks like a phone or identity number replaced."""
    return _LONG_NUMBER.sub("***", text)


def _as_json() -> Processor:
    return structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True)
