"""What the knowledge base does beside the desks: it hears the ledger, of its own things and of answers that cite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from minsheng.cases.knowledge import hints, indexing, uses
from minsheng.cases.knowledge.actions import ARTICLES, send_back, settle
from minsheng.cases.knowledge.models import Article, Duty
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.actors import SYSTEM
from minsheng.domain.knowledge import article, duty
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock


def hear(events: Sequence[StoredEvent]) -> None:
    """Let marks, index, hints and citations follow the ledger; hearing of one twice does nothing."""
    for event in events:
        id, now = event.stream.partition("/")[2], clock.now()
        match event.stream.partition("/")[0], event.type:
            case "duty", "DutyOverdue":
                _mark(UUID(id), now=now)
            case "duty", "EntryUpdated" | "NoChangeConfirmed":
                _unmark(event.city, UUID(id), now=now)
            case "article", "ArticlePublished":
                _published(UUID(id), now=now)
            case "article", "ArticleCheckDue":
                hints.check_due(event.city, id, now=now)
            case "basis", "BasisEnded":
                hints.basis_ended(event.city, id, now=now)
                send_back(event.city, id, now=now)
            case "order", "Answered":
                uses.cited(event.city, ledger.content(event)["event"], stream=event.stream, at=event.at)
            case _:
                pass


def clear_hints(now: datetime) -> None:
    """Delete hints that were decided on long ago."""
    hints.clear(now)


def _mark(id: UUID, *, now: datetime) -> None:
    """Mark the articles that an overdue duty has left as they were: nobody is to rely on them (K05)."""
    row = Duty.objects.filter(pk=id, status=duty.OVERDUE).first()
    if row is None:
        return
    left = [each for each in row.entries if each not in row.state["settled"]]
    standing = (article.PUBLISHED, article.TO_VERIFY)
    for each in Article.objects.filter(city=row.city_id, number__in=left, status__in=standing).order_by("pk"):
        _tell(each, article.FlagArticle(reason=row.number, duty=f"duty/{id}"), now=now)


def _unmark(city: str, id: UUID, *, now: datetime) -> None:
    """Lift the mark from what a duty has settled, unless another overdue duty still names it."""
    row = Duty.objects.filter(pk=id).first()
    settled = row.state["settled"] if row is not None else []
    marked = Article.objects.filter(city=city, number__in=settled, status=article.TO_VERIFY).order_by("pk")
    for each in marked:
        overdue = Duty.objects.filter(city=city, status=duty.OVERDUE, entries__contains=[each.number])
        if each.state["duty"] and all(each.number in other.state["settled"] for other in overdue):
            _tell(each, article.ConfirmArticle(), now=now)


def _tell(row: Article, command: object, *, now: datetime) -> None:
    try:
        lifecycles.apply(ARTICLES, row.pk, command, city=row.city_id, by=SYSTEM, now=now)
    except Rejected as refused:
        # Somebody was faster: the article no longer stands where the command applies.
        if refused.code != "not_allowed_now":
            raise


def _published(id: UUID, *, now: datetime) -> None:
    """Let a version be found that was published at its moment, and settle the duties that waited for it."""
    row = Article.objects.filter(pk=id).first()
    if row is not None and row.status in (article.PUBLISHED, article.TO_VERIFY):
        if row.indexed != row.edition:
            indexing.index(row, ARTICLES.read(row))
        settle(row, now=now)
