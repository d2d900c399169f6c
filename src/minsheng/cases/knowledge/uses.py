"""Uses of articles: who read one (a kind of reader, nobody's name), what readers said of it, answers that cite it.

Journals of the ledger, by the article's stream. Source: E-5, SZ-31a.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.utils.translation import gettext_noop

from minsheng.cases.knowledge import hints, queries
from minsheng.cases.knowledge.models import Article
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import journals
from minsheng.core.ledger.actions import execute
from minsheng.core.ledger.journals import Entry
from minsheng.core.ledger.values import ZONE
from minsheng.core.policies import queries as policies

USE, REMARK, CITATION, LACK = "article_use", "article_remark", "article_citation", "article_lack"
READERS: Final = ("citizen", "seat", "bot", "api")
# What a reader may say of an article: that it helped, or what is wrong with it.
REMARKS: Final = {
    "useful": gettext_noop("有用"),
    "outdated": gettext_noop("已过时"),
    "wrong": gettext_noop("与实际不符"),
    "unclear": gettext_noop("看不明白"),
    "dead_number": gettext_noop("电话打不通"),
}
# Remarks of so many days count for the hint that an article is wrong.
_DAYS: Final = timedelta(days=30)
_WEEK: Final = timedelta(days=7)
_COUNT: Final = b"""
    SELECT body ->> %(by)s, count(*) FROM ledger_entry
    WHERE stream = %(stream)s AND kind = %(kind)s AND at >= %(since)s GROUP BY 1
"""
_EVER: Final = datetime.fromisoformat("2000-01-01T00:00:00+08:00")


def used(row: Article, reader: str, *, now: datetime) -> None:
    """Put on record that a kind of reader read an article."""
    body = {"edition": row.edition, "kind": row.kind, "reader": reader}
    journals.count(row.city_id, Entry(USE, f"article/{row.pk}", str(uuid4()), now, {"role": reader}, body))


def remark(row: Article, said: str, reader: str, *, who: str, now: datetime) -> None:
    """Put on record what a reader said of an article; several who call it wrong make a hint for the office.

    `who`: what tells those who say it apart, and names nobody: each says once a day that it helped, or what is wrong,
    so that nobody alone calls an article wrong by many.
    """
    key = f"{who} {now.astimezone(ZONE).date()} {said == 'useful'}"
    if ledger.once(f"remark/{row.pk}", key=key, fingerprint=b"remark", now=now) is not None:
        return
    body = {"edition": row.edition, "said": said, "reader": reader}
    journals.count(row.city_id, Entry(REMARK, f"article/{row.pk}", key, now, {"role": reader}, body))
    ledger.remember(f"remark/{row.pk}", key=key, status=200, body={})
    if said == "useful":
        return
    wrong = sum(count for name, count in remarks(row, since=now - _DAYS).items() if name != "useful")
    rules = policies.rules_for(row.city_id, now=now)
    if wrong >= rules.knowledge_correction_count:
        hints.corrected(row, count=wrong, now=now)


def remarks(row: Article, *, since: datetime = _EVER) -> Mapping[str, int]:
    """Return how often readers said what of an article."""
    return _counted(row, REMARK, by="said", since=since)


def citations(row: Article) -> int:
    """Return how many answers cite an article."""
    return sum(_counted(row, CITATION, by="edition").values())


def cited(city: str, answered: Mapping[str, object], *, stream: str, at: datetime) -> None:
    """Count an answer that cites an article; a second time changes nothing."""
    name = str(answered.get("article") or "")
    row = queries.named(city, name) if name else None
    if row is not None:
        body = {"edition": queries.edition_in(name)}
        journals.count(city, Entry(CITATION, f"article/{row.pk}", stream, at, {"role": "seat"}, body))


def lacking(city: str, category: str, *, order: str, at: datetime, now: datetime) -> None:
    """Count an answer on the spot for which there was no article; several on one category make a hint.

    `order`: the stream, under which the same answer is one. Source: JY-9.1a, JY-20.9.
    """
    stream = f"article/none/{city}/{category}"
    if not journals.count(city, Entry(LACK, stream, order, at, {"role": "seat"}, {"category": category})):
        return
    values = {"stream": stream, "kind": LACK, "since": now - _WEEK, "by": "category"}
    count = sum(row[1] for row in execute(_COUNT, values).fetchall())
    rules = policies.rules_for(city, now=now)
    if count >= rules.knowledge_gap_count:
        hints.gap(city, category, count=count, now=now)


def _counted(row: Article, kind: str, *, by: str, since: datetime = _EVER) -> Mapping[str, int]:
    values = {"stream": f"article/{row.pk}", "kind": kind, "since": since, "by": by}
    return {str(name): count for name, count in execute(_COUNT, values, alone=True).fetchall()}
