"""Articles, documents and duties on PostgreSQL, over `domain.knowledge`, and what each sets off on the others.

An article that is published settles the duties that name it, in the same transaction; a document that was changed
makes one duty a unit. What a duty does to articles comes by the ledger (`tasks.hear`), so that locks are always taken
from the article to the duty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from minsheng.cases.knowledge import indexing, labels
from minsheng.cases.knowledge.models import Article, Basis, Duty
from minsheng.cases.knowledge.readers import ARTICLE_READERS, BASIS_READERS
from minsheng.core.ledger import actions as ledger
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Held, Kind
from minsheng.core.lifecycles.rows import LifeCycleRow
from minsheng.core.people import queries as people
from minsheng.core.people import regions, successors
from minsheng.core.policies import queries as policies
from minsheng.core.words import actions as words
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.knowledge import article, basis, duty
from minsheng.domain.registers.shared import same_number
from minsheng.gateways import packfiles

__all__ = ["ARTICLES", "BASES", "DUTIES", "begin_duty", "send_back", "settle"]


def _off_duty(asked: Asked, *names: str) -> frozenset[str]:
    facts = people.unit_facts(asked.city, names=list(filter(None, names)), now=asked.now)
    return frozenset(name for name, each in facts.items() if not each.roster)


def _article_known(asked: Asked) -> article.Known:
    command, own = asked.command, asked.row.target_unit if asked.row is not None else asked.by.unit or ""
    unit = getattr(command, "unit", "") or own
    facts = people.unit_facts(asked.city, names=[unit], now=asked.now)
    typed = tuple(getattr(command, "basis", ()))
    in_force = BASES.rows_in(asked.city, status=basis.IN_FORCE) if typed else ()
    documents = {
        each: str(row.pk)
        for each in typed
        for row in in_force
        if same_number(each, row.number) or each in (row.title, str(row.pk))
    }
    region = getattr(command, "region", "")
    tree = regions.tree(asked.city, on=asked.now.date()).by_code if region else {}
    code = next((code for code, each in tree.items() if region in (code, each.name)), "")
    return article.Known(
        facts[unit].level if unit in facts else "",
        documents,
        frozenset(packfiles.categories().by_code),
        dict.fromkeys((region,), code) if code else {},
        policies.rules_for(asked.city, now=asked.now).knowledge_approval,
        _ended(asked) if isinstance(command, article.ApproveArticle) else {},
        frozenset(name for name, each in facts.items() if not each.roster),
    )


def _ended(asked: Asked) -> Mapping[str, str]:
    """Return the documents of the version that waits which are no longer in force."""
    waiting = (asked.row.state["draft"] or {}).get("basis", ())
    rows = BASES.rows_in(asked.city, pk__in=waiting).exclude(status=basis.IN_FORCE)
    return {str(row.pk): row.number for row in rows}


def _basis_known(asked: Asked) -> basis.Known:
    number = getattr(asked.command, "number", "")
    if not number:
        return basis.Known()
    # Two that are registered at once: the second finds the first.
    ledger.hold(f"basis {asked.city}")
    taken = BASES.rows_in(asked.city).values_list("number", flat=True)
    return basis.Known(any(same_number(number, each) for each in taken))


def _duty_known(asked: Asked) -> duty.Known:
    command, row = asked.command, asked.row
    unit = row.target_unit if row is not None else getattr(command, "unit", "")
    mine = Article.objects.filter(city=asked.city, target_unit__in=people.known_as(unit), version__gt=0)
    named = getattr(command, "entry", "")
    numbers_of = {each: each for each in mine.exclude(status=article.WITHDRAWN).values_list("number", flat=True)}
    fresh = True
    if named and row is not None and isinstance(command, duty.UpdateEntry):
        since = mine.filter(number=named).values_list("published_at", "status").first()
        begun = row.begun_at
        fresh = since is not None and (since[1] == article.WITHDRAWN or (since[0] is not None and since[0] > begun))
        numbers_of |= {named: named} if since is not None else {}
    known = unit in people.unit_facts(asked.city, names=[unit], now=asked.now) if unit else True
    return duty.Known(numbers_of, fresh, known, _off_duty(asked, unit))


def _article_columns(state: article.Article) -> dict[str, Any]:
    content = state.content or state.draft
    assert content is not None
    return {
        "kind": content.kind, "title": content.title, "english_title": content.english_title,
        "audience": content.audience, "category": content.category, "region": content.region, "level": state.level,
        "item_code": content.item_code, "documents": list(content.basis), "edition": state.edition,
        "valid_from": content.valid_from, "valid_to": content.valid_to, "checked_at": state.checked_at,
        "published_at": state.published_at, "units": [state.unit], "target_unit": state.unit,
    }  # fmt: skip


def _basis_columns(state: basis.Basis) -> dict[str, Any]:
    return {
        "kind": state.kind, "title": state.title, "number": state.number, "issued": state.issued, "until": state.until,
        "units": [state.unit] if state.unit else [], "target_unit": state.unit,
    }  # fmt: skip


def _duty_columns(state: duty.Duty) -> dict[str, Any]:
    return {
        "units": [state.unit], "target_unit": state.unit, "entries": list(state.entries), "begun_at": state.begun_at,
    }  # fmt: skip


def _opens(model: type[LifeCycleRow], word: str) -> Callable[[UUID, str], Any]:
    def opens(id: UUID, city: str) -> Any:
        return model(id=id, city_id=city, number=numbers.next_of(model, word, id=id, city=city))

    return opens


def _after_article(held: Held[article.Article], command: Any, by: Actor) -> None:
    """Let a version that was just published be found, and settle the duties that wait for it."""
    state = held.state
    published = isinstance(command, article.ApproveArticle) and not state.pending
    if published:
        indexing.index(held.row, state)
    if published or isinstance(command, article.WithdrawArticle):
        settle(held.row, now=held.now)


def settle(row: Any, *, now: datetime) -> None:
    """Tell every open duty that names the article that it is up to date now (K03); a second time changes nothing."""
    waiting = Duty.objects.filter(city=row.city_id, entries__contains=[row.number]).exclude(status=duty.DONE)
    touched = now if row.status == article.WITHDRAWN else row.published_at
    for each in waiting.order_by("pk"):
        is_touched = touched is not None and each.begun_at is not None and touched > each.begun_at
        if row.number not in each.state["settled"] and is_touched:
            command = duty.UpdateEntry(entry=row.number)
            lifecycles.apply(DUTIES, each.pk, command, city=row.city_id, by=SYSTEM, now=now)


def _after_basis(held: Held[basis.Basis], command: Any, by: Actor) -> None:
    """Make one duty a unit of all its articles that rest on a document which was changed or repealed (K01)."""
    if isinstance(command, basis.AmendBasis | basis.RepealBasis):
        resting = Article.objects.filter(city=held.city, documents__contains=[str(held.row.pk)])
        rows = resting.filter(status__in=(article.PUBLISHED, article.TO_VERIFY)).order_by("target_unit", "pk")
        document = getattr(command, "document", "") or held.state.number
        by_unit: dict[str, list[str]] = {}
        for unit, number in rows.values_list("target_unit", "number"):
            by_unit.setdefault(unit, []).append(number)
        for unit, entries in by_unit.items():
            begin_duty(held.city, unit=unit, entries=entries, document=document, by=SYSTEM, now=held.now)
        send_back(held.city, str(held.row.pk), now=held.now)


def send_back(city: str, document: str, *, now: datetime) -> None:
    """Send back the versions that wait for approval or for their moment and rest on a document that changed."""
    number = Basis.objects.filter(pk=UUID(document)).values_list("number", flat=True).first() or ""
    waiting = Article.objects.filter(city=city, state__pending__in=(article.REVIEW, article.SCHEDULED))
    for id in waiting.filter(state__draft__basis__contains=[document]).order_by("pk").values_list("pk", flat=True):
        command = article.SendBackArticle(reason=number)
        lifecycles.apply(ARTICLES, id, command, city=city, by=SYSTEM, now=now)


def begin_duty(
    city: str, *, unit: str, entries: Iterable[str], document: str, by: Actor, now: datetime
) -> UUID:  # fmt: skip
    """Begin a unit's duty to bring articles up to date; return its id. Raises: Rejected."""
    command = duty.ChangePolicy(unit=unit, entries=tuple(entries), document=document)
    opens = _opens(Duty, "职责")
    return lifecycles.begin(DUTIES, command, city=city, by=by, now=now, made=lambda id: opens(id, city)).id


_WORDS: Mapping[str, Any] = {"names": people.names, "keeps": words.keep}
ARTICLES = Kind(
    article.CYCLE,
    model=Article,
    **_WORDS,
    words=labels.ARTICLE_EVENTS,
    facts=_article_known,
    follow=_after_article,
    columns=_article_columns,
    readers=ARTICLE_READERS,
    labels=labels.ARTICLES,
    opens=_opens(Article, "知识"),
    sought=("title",),
)
BASES = Kind(
    basis.CYCLE,
    model=Basis,
    **_WORDS,
    words=labels.BASIS_EVENTS,
    facts=_basis_known,
    follow=_after_basis,
    columns=_basis_columns,
    readers=BASIS_READERS,
    labels=labels.BASES,
    opens=lambda id, city: Basis(id=id, city_id=city),
    sought=("title",),
)
DUTIES = Kind(
    duty.CYCLE,
    model=Duty,
    **_WORDS,
    words=labels.DUTY_EVENTS,
    facts=_duty_known,
    columns=_duty_columns,
    readers=successors.readers("office", "supervisor"),
    labels=labels.DUTIES,
    opens=_opens(Duty, "职责"),
)
