"""GeoReport's two notations of one answer: JSON, and XML with the element names that the standard gives."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.etree import ElementTree

from minsheng.wording.xmltext import holdable

# What an element of a list is called, by the list's own name.
_ITEMS: Final = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
# No charset: the standard's clients compare the whole header, and both notations say their encoding themselves.
MEDIA_TYPES: Final = {"json": "application/json", "xml": "text/xml"}


def encode(name: str, value: Any, form: str) -> bytes:
    """Return the answer in JSON (UTF-8) or XML; `name` is the outermost element's."""
    if form == "json":
        return json.dumps(value, ensure_ascii=False).encode()
    root = _element(name, value)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _element(name: str, value: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    match value:
        case Mapping():
            element.extend(_element(key, each) for key, each in value.items())
        case str():
            element.text = holdable(value)
        case Sequence():
            element.extend(_element(_ITEMS.get(name, "item"), each) for each in value)
        case bool():
            element.text = "true" if value else "false"
        case None:
            pass
        case _:
            element.text = str(value)
    return element
