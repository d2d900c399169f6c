"""XML from outside, as paths and texts: no document type, hence no entities; bounded in size, depth and number.

Expat alone, since ElementTree shows nobody that a document type has begun.
"""

from __future__ import annotations

from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import escape

from minsheng.gateways.wechat.values import NotTheirs

# Bytes of a request's body: a text message has at most some thousands.
BODY_AT_MOST: Final = 128 * 1024
_NEVER: Final = "\ufffe\uffff"
_DEPTH: Final = 8
_ELEMENTS: Final = 200


class _Reader:
    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._path: list[str] = []
        self._texts: list[list[str]] = []
        self._count = 0

    def start(self, name: str, _: object) -> None:
        self._count += 1
        if self._count > _ELEMENTS or len(self._path) >= _DEPTH:
            raise NotTheirs("too much")
        self._path.append(name)
        self._texts.append([])

    def end(self, _: str) -> None:
        path = "/".join(self._path[1:])
        text = "".join(self._texts.pop())
        self._path.pop()
        if path:
            self.found.setdefault(path, text)

    def text(self, text: str) -> None:
        if self._texts:
            self._texts[-1].append(text)

    def doctype(self, *_: object) -> None:
        raise NotTheirs("document type")


def read(text: str) -> dict[str, str]:
    """Return the elements below the root by their paths (`Text/Content`), the first of each. Raises: NotTheirs."""
    if len(text.encode("utf-8", "replace")) > BODY_AT_MOST:
        raise NotTheirs("too long")
    reader, parser = _Reader(), expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reader.text, reader.doctype
    try:
        parser.Parse(text.encode(), True)
    except (expat.ExpatError, UnicodeEncodeError, ValueError) as fault:
        raise NotTheirs("xml") from fault
    return reader.found


def written(fields: dict[str, Any], *, root: str = "xml") -> str:
    """Return fields as XML."""
    inner = "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())
    return f"<{root}>{inner}</{root}>"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_value(inner)}</{name}>" for name, inner in value.items())
    if isinstance(value, int):
        return str(value)
    # What XML cannot hold at all has no way out of it either.
    return escape("".join(each for each in str(value) if (each >= " " and each not in _NEVER) or each in "\n\t"))
