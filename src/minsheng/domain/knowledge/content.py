"""What one version of an article says, and the guards over it. Fields: GB/T 44191-2024; SZ-10, SZ-30a, JY-17."""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import date
from html import unescape
from typing import Any, Final

from minsheng.domain import personal
from minsheng.domain.lifecycle import Case, at_stage, hold_to_list
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected

KINDS: Final = ("information", "question")
AUDIENCES: Final = ("public", "seats", "enterprise", "talent")
# Characters of a title, and rows of the tables of one article: longer ones belong into an attachment.
LONGEST_TITLE, MOST_ROWS = 100, 200
MOST_PHRASINGS: Final = 30
_MARKS: Final = re.compile(r"[*_~`\\]|<[^>\n]{0,200}>")
_ROW: Final = re.compile(r"^\s*\|", re.MULTILINE)
# Names of people are left to whoever approves: what the finder takes for one is often a place or a post.
NEVER: Final = personal.GRAVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One version of an article, which never changes.

    `body`: Markdown; `basis`: ids of documents; `region`: a code of the city's tree, empty for the whole city; valid
    on every day from `valid_from` to `valid_to`; `review_months`: looked at again every so many months.
    """

    kind: str
    title: str
    body: str
    phrasings: tuple[str, ...] = ()
    audience: str = "public"
    category: str = ""
    region: str = ""
    basis: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    review_months: int = 0
    tags: tuple[str, ...] = ()
    item_code: str = ""
    english_title: str = ""

    def is_valid_on(self, day: date) -> bool:
        """Tell whether the version is valid on a day of the city."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFields:
    """The fields of a version as people fill them in; `basis`: numbers or titles of documents, one a line."""

    kind: str = fields.text(offers=KINDS)
    title: str = fields.text()
    phrasings: tuple[str, ...] = fields.names()
    body: str = fields.text(long=True)
    audience: str = fields.text(offers=AUDIENCES)
    category: str = fields.text()
    region: str = fields.text()
    basis: tuple[str, ...] = fields.names()
    valid_from: date | None = fields.day()
    valid_to: date | None = fields.day()
    review_months: int | None = fields.count(most=120)
    tags: tuple[str, ...] = fields.names()
    item_code: str = fields.text()
    english_title: str = fields.text()


def content_of(form: ArticleFields, *, basis: tuple[str, ...], region: str) -> Content:
    """Return the version that a form asks for; `basis`: the ids of its documents, `region`: the code of its region."""
    given: dict[str, Any] = {each.name: getattr(form, each.name) for each in dataclass_fields(form)}
    given |= {
        "basis": basis,
        "region": region,
        "audience": form.audience or "public",
        "review_months": form.review_months or 0,
    }
    names = {each.name for each in dataclass_fields(Content)}
    return Content(**{name: value for name, value in given.items() if name in names})


@at_stage("fields")
def well_formed(case: Case[Any]) -> None:
    """Refuse lists' strangers, what is too long for a page, and a validity that ends before it begins."""
    form = case.command
    hold_to_list(form.kind, KINDS)
    hold_to_list(form.audience, AUDIENCES)
    if len(form.title) > LONGEST_TITLE or any(len(each) > LONGEST_TITLE for each in form.phrasings):
        raise Rejected("article_title_too_long", most=LONGEST_TITLE)
    if len(form.phrasings) > MOST_PHRASINGS:
        raise Rejected("article_phrasings_too_many", most=MOST_PHRASINGS)
    if len(_ROW.findall(form.body)) > MOST_ROWS:
        raise Rejected("article_table_too_long", most=MOST_ROWS)
    if form.valid_from is not None and form.valid_to is not None and form.valid_to < form.valid_from:
        raise Rejected("validity_reversed")


@at_stage("fields")
def names_nobody(case: Case[Any]) -> None:
    """Refuse telephones of people, numbers of papers and cards, and plates: everybody reads an article (JY-8d)."""
    form = case.command
    said = "\n".join((form.title, *form.phrasings, form.body, *form.tags, form.english_title, form.item_code))
    # As it reads once it is shown: without entities and marks.
    said = _MARKS.sub("", unescape(said))
    if any(span.kind in NEVER for span in personal.find(said)):
        raise Rejected("article_names_somebody")


@at_stage("fields")
def rests_on_known(case: Case[Any]) -> None:
    """Refuse a document that is not in the register or no longer in force, and what the city's lists lack."""
    form, known = case.command, case.facts
    for each in form.basis:
        if each not in known.basis:
            raise Rejected("basis_unknown", value=each)
    if form.category and form.category not in known.categories:
        raise Rejected("article_category_unknown", value=form.category)
    if form.region and form.region not in known.regions:
        raise Rejected("article_region_unknown", value=form.region)
