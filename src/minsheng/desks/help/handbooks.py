"""Handbooks from the Markdown in `zh`: `roles/<role>.md` says what a role does, `pages/<section>.md` how a page works.

A section names in its comment the pages (views) that it is about, and may name its roles; without, everybody has it
whose navigation leads to one of these pages. What stands in 「」 are words of the platform, to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from minsheng.core.features import queries as features
from minsheng.domain.actors import CITY_ROLES, UNIT_ROLES

ROLES: Final = (*CITY_ROLES, *UNIT_ROLES)
FOLDER: Final = Path(__file__).parent / "zh"
_HEAD: Final = re.compile(r"# (?P<title>.+)\n\n<!-- (?P<said>.+) -->\n\n(?P<text>.+)", re.DOTALL)
_STEP: Final = re.compile(r"\d+\. ")
EVERYBODY: Final = "*"


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its name (which links name), its title, the pages that it is about, and for whom it is.

    `place`: where it stands among others, as entries of the navigation do; 0 for the place of its entry.
    """

    name: str
    title: str
    pages: tuple[str, ...]
    roles: tuple[str, ...]
    place: int
    body: SafeString


def sections(role: str) -> list[Section]:
    """Return the sections of a role's handbook, in the order of its navigation."""
    return _in_order(every(), role)


def section_of(role: str, page: str) -> str:
    """Return the name of the section about a page in a role's handbook; empty where there is none."""
    # Every page asks: only the sections about it are looked at.
    about = [each for each in every() if page in each.pages]
    return next((each.name for each in _in_order(about, role)), "")


def _in_order(known: Iterable[Section], role: str) -> list[Section]:
    found = [(place, each) for each in known if (place := _place(each, role)) is not None]
    return [each for _, each in sorted(found, key=lambda pair: (pair[0], pair[1].name))]


@cache
def intro(role: str) -> SafeString:
    """Return what a role does."""
    return rendered((FOLDER / "roles" / f"{role}.md").read_text(encoding="utf-8"))


@cache
def every() -> tuple[Section, ...]:
    """Return all sections. Raises: ValueError for a file that is not written as one."""
    return tuple(_read(path) for path in sorted((FOLDER / "pages").glob("*.md")))


def rendered(text: str) -> SafeString:
    """Return paragraphs and lists of Markdown as HTML: what handbooks are written in, and no more."""
    blocks = (block.splitlines() for block in text.strip().split("\n\n"))
    return format_html_join("\n", "{}", ((_block(lines),) for lines in blocks))


def _read(path: Path) -> Section:
    found = _HEAD.fullmatch(path.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{path.name} is no section")
    said = dict(part.split(": ", 1) for part in found["said"].split("; "))
    return Section(
        path.stem,
        found["title"],
        tuple(said["pages"].split()),
        tuple(said.get("roles", "").split()),
        int(said.get("place", "0")),
        rendered(found["text"]),
    )


def _place(section: Section, role: str) -> int | None:
    """Return where a section stands in a role's handbook; None where it is not in it."""
    if section.roles:
        return section.place if role in section.roles or EVERYBODY in section.roles else None
    entries = features.navigation(role)
    return min((each.place for each in entries if {each.url, *each.also} & set(section.pages)), default=None)


def _block(lines: list[str]) -> SafeString:
    if _STEP.match(lines[0]):
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{}</li>", _items(lines)))
    return format_html("<p>{}</p>", _inline("".join(lines)))


def _items(lines: list[str]) -> Iterator[tuple[SafeString]]:
    for line in lines:
        yield (_inline(_STEP.sub("", line, count=1)),)


def _inline(text: str) -> SafeString:
    # The text is ours, and escaped all the same.
    return mark_safe(re.sub(r"「(.+?)」", r"<strong>「\1」</strong>", escape(text)))  # noqa: S308
