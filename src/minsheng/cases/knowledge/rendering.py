"""What a body in Markdown becomes: HTML that is safe on any page, and text without marks."""

from __future__ import annotations

from typing import Final

import inscriptis
import nh3
from markdown_it import MarkdownIt

_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TAGS: Final = frozenset((
    "p", "br", "h2", "h3", "h4", "h5", "ul", "ol", "li", "strong", "em", "blockquote", "code", "pre", "hr", "table",
    "thead", "tbody", "tr", "th", "td", "a",
))  # fmt: skip
_ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}}


def html(body: str) -> str:
    """Return a body as HTML: no tags of the writer's own, links to the web and to telephones alone.

    Headings begin below the page's own and skip no level, however they were typed.
    """
    tokens = _MARKDOWN.parse(body)
    above: list[str] = []
    for token in tokens:
        if token.type == "heading_open":
            above = [*(each for each in above if each < token.tag), token.tag]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(len(above) + 1, 5)}"
    made = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return nh3.clean(
        made, tags=set(_TAGS), attributes=_ATTRIBUTES, url_schemes={"http", "https", "tel", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )  # fmt: skip


def text(body: str) -> str:
    """Return a body without its marks, for search and excerpts."""
    return str(inscriptis.get_text(html(body))).strip()
