"""Changes of whatever has one stream and is no order: lock, fire what ran out, decide, append, fold, project.

The one path of every change, for every `Kind`. The sweeper and the calendar come through here too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from minsheng.core.features import queries as features
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import queries as history
from minsheng.core.ledger import verification
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.core.ledger.values import KeyReused, StoredEvent
from minsheng.core.lifecycles import conflicts
from minsheng.core.lifecycles.kinds import Asked, FromRow, Held, Key, Kind, Outcome
from minsheng.core.policies import queries as policies
from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.facts import Fact
from minsheng.domain.lifecycle import State
from minsheng.domain.rejected import Rejected
from minsheng.gateways import ids

S = TypeVar("S", bound=State)


def begin(
    kind: Kind[S],
    command: Any,
    *,
    city: str,
    by: Actor,
    now: datetime,
    made: Callable[[UUID], Any],
    facts: Any = None,
    key: Key | None = None,
    id: UUID | None = None,
) -> Outcome[S]:
    """Carry out the command that a stream begins with. Raises: Rejected.

    `made` returns the row with the feature's own columns; it is called once the command is decided, in the same
    transaction. `facts`: what the decision needs from elsewhere. `id`: where the stream's name was needed before.
    """
    id = id or ids.uuid7(now)
    with transaction.atomic():
        if key is not None and (answer := _answer(key, command.name, now=now)) is not None:
            if "id" not in answer:
                raise KeyReused  # an answer that an earlier release gave under the key
            return _again(kind, UUID(answer["id"]), answer)
        rules = policies.rules_for(city, now=now)
        state = kind.cycle.start(str(id))
        known = facts if facts is not None else kind.facts(Asked(city, None, by, now, command))
        decided = lifecycle.decide(kind.cycle, state, command, by=by, rules=rules, facts=known, now=now)
        held = Held(made(id), state, city, rules, now.astimezone(rules.worktime.zone))
        _keep(kind, held, decided, is_new=True)
        _set_off(kind, state, decided, now=held.now)
        kind.follow(held, command, by)
        _remember(key, id, held)
    return Outcome(id, held.state)


def apply(
    kind: Kind[S],
    id: UUID,
    command: Any,
    *,
    city: str,
    by: Actor,
    now: datetime,
    key: Key | None = None,
    seen_version: int | None = None,
    beside: Callable[[Held[S]], None] | None = None,
) -> Outcome[S]:
    """Carry out a command, or one that is made of the locked row. Raises: Rejected.

    `seen_version` is what the person had before their eyes: if the thing has moved on since and the command no longer
    fits, the refusal says who did what. What ran out before `now` stays on record also when the command is refused.
    `beside` is done in the same transaction once the command is carried out, and not when it is repeated; what it
    raises undoes all.
    """
    asked = command.command if isinstance(command, FromRow) else type(command)
    refused: Rejected | None = None
    with transaction.atomic():
        if key is not None and (answer := _answer(key, asked.name, str(id), now=now)) is not None:
            return _again(kind, id, answer)
        held = _held(kind, id, city=city, now=now)
        if held is None:
            raise Rejected("not_found", status="")
        _keep(kind, held, lifecycle.run_out(kind.cycle, held.state, rules=held.rules, now=now))
        by = kind.readers.acting(held.row, by)
        try:
            _refuse_unread(kind, held, asked, seen_version)
            command = _made(kind, held, command, by=by)
            facts = _decided(kind, held, command, by=by)
            with transaction.atomic():  # what is refused elsewhere undoes it here too
                before = held.state
                kind.touch(held.row, held.now)
                _keep(kind, held, facts)
                _set_off(kind, before, facts, now=held.now)
        except Rejected as rejected:
            refused = conflicts.told(
                rejected, _missed(kind, held, seen_version, by), names=kind.names, words=kind.words
            )
            if key is not None:
                # What ran out is committed beside the refusal; the key must not be, or it could never be used again.
                ledger.release(key.scope, key=key.key)
        else:
            kind.follow(held, command, by)
            if beside is not None:
                beside(held)
            _remember(key, id, held)
    if refused is not None:
        ledger.refuse(
            at=now,
            city=held.city,
            stream=kind.stream(id),
            actor=actor_to_plain(by),
            command=asked.name,
            code=refused.code,
        )
        raise refused
    return Outcome(id, held.state)


def answered(kind: Kind[S], id: UUID, command: type[Any], *, key: Key, now: datetime) -> Outcome[S] | None:
    """Return the answer that was given under the key, if any; the key stays free. Raises: KeyReused, InFlight.

    For a caller to whom the thing no longer exists after their own command.
    """
    with transaction.atomic():
        answer = _answer(key, command.name, str(id), now=now)
        if answer is None:
            ledger.release(key.scope, key=key.key)
            return None
    return _again(kind, id, answer)


def ring(kind: Kind[S], stream: str, now: datetime) -> None:
    """Record what ran out on a stream; the sweeper calls it, perhaps twice."""
    with transaction.atomic():
        held = _held(kind, kind.id_of(stream), city=None, now=now)
        if held is None:
            ledger.set_alarm(stream, due=None)
            return
        facts = lifecycle.run_out(kind.cycle, held.state, rules=held.rules, now=now)
        if facts:
            _keep(kind, held, facts)
        else:
            ledger.set_alarm(stream, due=_due(kind, held.state))


def recompute(kind: Kind[S], city: str, *, year: int, now: datetime) -> int:
    """Recompute the clocks that a newly loaded calendar year touches; return how many things it moved. Source: A-48."""
    moved = 0
    for id in kind.rows_in(city, due__isnull=False).values_list("pk", flat=True):
        with transaction.atomic():
            held = _held(kind, id, city=city, now=now)
            facts = kind.cycle.recompute(held.state, year, held.rules, now) if held is not None else ()
            if held is not None and facts:
                _keep(kind, held, facts)
                moved += 1
    return moved


def rebuild(kind: Kind[Any], *, check: bool) -> tuple[int, int]:
    """Fold every stream again and compare with its row; return rows compared and rows that differed."""

    def folded(id: str, events: Sequence[StoredEvent]) -> dict[str, Any]:
        return kind.columns(kind.fold(id, events))

    return verification.rebuild_rows(kind.light_rows(), kind.prefix, folded, check=check)


def _held(kind: Kind[S], id: UUID, *, city: str | None, now: datetime) -> Held[S] | None:
    row = kind.locked(id, city=city)
    if row is None:
        return None
    own = kind.city_of(row)
    rules = policies.rules_for(own, now=now)
    return Held(row, kind.read(row), own, rules, now.astimezone(rules.worktime.zone))


def _refuse_unread(kind: Kind[S], held: Held[S], command: type[Any], seen_version: int | None) -> None:
    """Refuse what rests on words that somebody wrote anew since they were read. Raises: Rejected."""
    reads = {each.__name__ for each in kind.cycle.row(command).reads}
    if not reads or seen_version is None:
        return
    since = history.history(kind.stream(held.row.pk), after_version=seen_version)
    if any(each.type in reads for each in since):
        raise Rejected("draft_changed")


def _made(kind: Kind[S], held: Held[S], command: Any, *, by: Actor) -> Any:
    if not isinstance(command, FromRow):
        return command
    lifecycle.ask(
        kind.cycle, held.state, command.command, by=by, facts=kind.facts(Asked(held.city, held.row, by, held.now))
    )
    return command.made(held)


def _decided(kind: Kind[S], held: Held[S], command: Any, *, by: Actor) -> tuple[Fact, ...]:
    facts = kind.facts(Asked(held.city, held.row, by, held.now, command))
    return lifecycle.decide(kind.cycle, held.state, command, by=by, rules=held.rules, facts=facts, now=held.now)


def _keep(kind: Kind[S], held: Held[S], facts: Sequence[Fact], *, is_new: bool = False) -> None:
    """Append facts, if there are any, and let the state and the row follow."""
    if not facts:
        return
    row, version = held.row, held.state.version
    facts = kind.keeps(kind.stream(row.pk), facts, version)
    held.state = kind.cycle.fold(held.state, facts)
    row.head = ledger.append(
        city=held.city,
        stream=kind.stream(row.pk),
        version=version,
        facts=[kind.codec.to_ledger(fact) for fact in facts],
        alarm=_due(kind, held.state),
        now=held.now,
        head_hash=None if is_new else bytes(row.head),
    )
    kind.show(row, held.state)
    row.save(force_insert=is_new)


def _set_off(kind: Kind[S], before: S, facts: Sequence[Fact], *, now: datetime) -> None:
    """Carry out what the facts set off on orders; `before` is the state that they were decided on. Raises: Rejected."""
    for onward in kind.cycle.set_off(before, facts):
        features.carries("order")(onward.command, order_id=onward.order, actor=onward.by, now=now)


def _due(kind: Kind[S], state: S) -> datetime | None:
    clock = kind.cycle.next_due(state)
    return clock.due if clock is not None else None


def _missed(kind: Kind[S], held: Held[S], seen_version: int | None, by: Actor) -> list[Fact]:
    """Return what the actor may read of what happened since they looked; nothing where nobody says what they saw."""
    if seen_version is None:
        return []
    events = history.history(kind.stream(held.row.pk), after_version=seen_version)
    labels = kind.labels
    if labels is not None:
        events = [each for each in events if labels.tells(held.row, by, each.type)]
    facts = [kind.codec.from_ledger(each) for each in events]
    return [each for each in facts if labels is None or labels.sees(held.row, by, each.event)]


def _answer(key: Key, *asked: str, now: datetime) -> dict[str, Any] | None:
    """Claim the key; return the answer that was given under it before."""
    stored = ledger.once(key.scope, key=key.key, fingerprint=key.fingerprint(*asked), now=now)
    if stored is None:
        return None
    assert isinstance(stored.body, dict)
    return stored.body


def _again(kind: Kind[S], id: UUID, answer: dict[str, Any]) -> Outcome[S]:
    """Return the thing as it was answered: who asks again is not told what others did since."""
    events = history.history(kind.stream(id))
    version = answer.get("version", len(events))
    return Outcome(id, kind.fold(str(id), [event for event in events if event.version <= version]), repeated=True)


def _remember(key: Key | None, id: UUID, held: Held[Any]) -> None:
    if key is not None:
        ledger.remember(key.scope, key=key.key, status=200, body={"id": str(id), "version": held.state.version})
