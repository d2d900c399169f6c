"""Changes of orders, each in one transaction: lock, fire what ran out, decide, append, project.

The one path of every change. The sweeper comes through here too, without a command, so that machine and
rehearsal cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from msgspec import UNSET

from minsheng import wording
from minsheng.cases.appeals import actions as appeals
from minsheng.cases.appeals import public_files, publication
from minsheng.cases.orders.office import citing, claims, own_work, urging
from minsheng.cases.orders.storage import numbering, planted, projection, queries, records, watching
from minsheng.cases.orders.storage.projection import Words
from minsheng.cases.orders.storage.queries import Locked
from minsheng.core.files import places
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.core.ledger.values import GENESIS
from minsheng.core.lifecycles import conflicts
from minsheng.core.people import queries as people
from minsheng.core.people import units
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.facts import Fact
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders import firing, restraint, timers
from minsheng.domain.orders.case import Decision, Message
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.order import Order
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.gateways.ids import uuid7

__all__ = ["Key", "Outcome", "Words", "apply", "rebuild", "recompute", "register"]

NO_WORDS = Words()


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key of a command from outside: whose, which, and what was asked."""

    scope: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command led to: the order now, its number, what to say, and whether the answer was given before."""

    order: Order
    number: str
    messages: tuple[Message, ...] = ()
    repeated: bool = False


def register(
    command: cmd.AppealFields,
    *,
    city: str,
    actor: Actor,
    now: datetime,
    words: Words = NO_WORDS,
    key: Key | None = None,
    id: str = "",
) -> Outcome:
    """Put a new appeal on record, and submit it if the command says so. Raises: Rejected.

    `id`: the order's, where something else names it before it is there.
    Source: SZ-15.1, JY-9.1a, SQ-10.1.
    """
    now = _whole_second(now)
    with transaction.atomic():
        if key is not None and (known := _known_answer(key, now)) is not None:
            return known
        rules = policies.rules_for(city, now=now)
        command = _named_as_today(command, city)
        order = Order(id or str(uuid7(now)))
        facts = queries.facts_for(order, command, city=city, now=now, others={}, appellant=words.appellant)
        decision = decide(order, command, by=actor, rules=rules, facts=facts, now=now)
        outcome = _keep_new(decision, order.id, command, city=city, words=words, now=now, rules=rules)
        if key is not None:
            _remember(key, outcome)
    return outcome


def _named_as_today(command: cmd.AppealFields, city: str) -> cmd.AppealFields:
    """Return the command with the unit complained about as it is called today, where it was renamed or merged."""
    if not command.target_unit:
        return command
    today = units.stand_ins(city, names=[command.target_unit])
    return replace(command, target_unit=today[command.target_unit]) if today else command


def _keep_new(
    decision: Decision,
    order_id: str,
    command: cmd.AppealFields,
    *,
    city: str,
    words: Words,
    now: datetime,
    rules: Rules,
) -> Outcome:
    state = decision.orders[order_id]
    title = words.title or command.content[:40]
    said = projection.AppealRow.of(command, words, created_at=now)
    filing = records.Filing(
        number=numbering.next_number(now),
        appellant=str(words.appellant) if words.appellant else None,
        category=words.category or UNSET,
    )
    first, *others = decision.facts
    entries = [records.to_ledger(first, filing=filing, bound=said.bound(title=title)), *map(records.to_ledger, others)]
    alarm = timers.next_due(state, rules)
    head = ledger.append(
        city=city,
        stream=records.stream_of(order_id),
        version=0,
        facts=entries,
        alarm=alarm.due if alarm else None,
        now=now,
        head_hash=GENESIS,
    )
    registrar = projection.registrar_of(decision.facts[0])
    projection.insert(state, city=city, number=filing.number, title=title, registrar=registrar, head=head, appeal=said)
    planted.mark(order_id, appellant=words.appellant, city=city, now=now)
    watching.keep(Order(order_id), state, city=city)
    return Outcome(state, filing.number, decision.messages)


def apply(
    command: cmd.Command | None,
    *,
    order_id: str,
    actor: Actor,
    now: datetime,
    key: Key | None = None,
    seen_version: int | None = None,
    beside: Callable[[], None] | None = None,
) -> Outcome:
    """Carry out a command on an order, or with None only fire what has run out. Raises: Rejected.

    `seen_version` is what the person had before their eyes: if the order has moved on since and the command no
    longer fits, the refusal says who did what. What ran out before `now` stays on record also when the command is
    refused. `beside` is done in the same transaction once the command is carried out, and not when it is repeated;
    what it raises undoes all.
    """
    now = _whole_second(now)
    refused: Rejected | None = None
    outcome: Outcome | None = None
    with transaction.atomic():
        if key is not None and (known := _known_answer(key, now)) is not None:
            return known
        locked = _lock_all(order_id, command)
        own = locked[order_id]
        rules = policies.rules_for(own.city, now=now)
        keeper = _Keeper(locked, rules, now)
        for each in tuple(locked):
            keeper.run_out(each)
        if command is None:
            return Outcome(keeper.locked[order_id].order, own.number)
        if isinstance(command, cmd.AppealFields):
            command = _named_as_today(command, own.city)
        current = keeper.locked[order_id]
        facts = queries.facts_for(current.order, command, city=own.city, now=now, others=keeper.locked)
        facts = own_work.known(facts, command, order_id=order_id, by=actor, now=now)
        facts = urging.known(facts, command, order=current.order, city=own.city, by=actor, now=now)
        facts = citing.known(facts, command, city=own.city, now=now)
        try:
            decision = decide(current.order, command, by=actor, rules=rules, facts=facts, now=now)
        except Rejected as rejected:
            refused = _or_conflict(rejected, current, seen_version)
            if key is not None:
                # What ran out is committed beside the refusal; the key must not be, or it could never be used again.
                ledger.release(key.scope, key=key.key)
        else:
            bound = ""
            if isinstance(command, cmd.AppealFields):
                bound = appeals.complete(
                    order_id, content=command.content, place=command.place, person=command.target_person
                )
            keeper.keep(decision, bound=bound)
            if isinstance(command, cmd.AddMaterial) and command.text:
                appeals.add(order_id, text=command.text, at=now, joined=command.joined)
            own_work.follow(command, order_id=order_id, by=actor, now=now)
            claims.release(order_id, by=actor)
            if beside is not None:
                beside()
            outcome = Outcome(keeper.locked[order_id].order, own.number, decision.messages)
            if key is not None:
                _remember(key, outcome)
    if refused is not None:
        _record_refusal(refused, command, own, actor, now)
        raise refused
    assert outcome is not None
    return outcome


def answered(key: Key, *, now: datetime) -> Outcome | None:
    """Return the answer that was given under the key, if any; the key stays free. Raises: KeyReused, InFlight.

    For a caller to whom the order no longer exists after their own command, as after proposing an internal referral.
    """
    with transaction.atomic():
        known = _known_answer(key, now)
        if known is None:
            ledger.release(key.scope, key=key.key)
    return known


def recompute(order_id: str, *, year: int, now: datetime) -> None:
    """Recompute an order's deadlines after a year's calendar was loaded. Source: A-48."""
    now = _whole_second(now)
    with transaction.atomic():
        locked = _lock_all(order_id, None)
        rules = policies.rules_for(locked[order_id].city, now=now)
        keeper = _Keeper(locked, rules, now)
        keeper.keep(firing.recompute(locked[order_id].order, year=year, rules=rules, now=now))


def restrain(
    order_id: str, *, source: str, now: datetime, seal_alone: bool = False
) -> tuple[Locked, restraint.Restraint]:
    """Give an order what it lacks of the restraint of the order that it came of; return it, and what it lacked.

    `seal_alone`: only the seal of a secret, which goes back to what was joined to it; nothing else does.
    """
    now = _whole_second(now)
    with transaction.atomic():
        locked = queries.lock((order_id, source))
        own, other = locked[order_id], locked[source].order
        wanted = restraint.of(other)
        if seal_alone:
            wanted = restraint.Restraint(sealed=wanted.sealed)
        missing = restraint.lacking(own.order, wanted)
        if missing != restraint.Restraint():
            rules = policies.rules_for(own.city, now=now)
            repaired = restraint.repair(own.order, source=other, wanted=wanted, rules=rules, now=now)
            _Keeper(locked, rules, now).keep(repaired)
    return own, missing


def rebuild(*, check: bool) -> tuple[int, int]:
    """Fold every order's facts anew and compare with its row, or write the row; return rows compared and changed."""
    compared, differing = projection.rebuild(check=check)
    return compared, len(differing)


class _Keeper:
    """Writes decisions on locked orders: facts to the ledger, states to their rows."""

    def __init__(self, locked: dict[str, Locked], rules: Rules, now: datetime) -> None:
        self.locked, self.rules, self.now = locked, rules, now

    def run_out(self, order_id: str) -> None:
        """Fire whatever ran out before now, dated at its due moment."""
        own = self.locked[order_id]
        first = timers.next_due(own.order, self.rules)
        if first is None or first.due is None or first.due >= self.now:
            return
        facts = queries.facts_for(own.order, None, city=own.city, now=self.now, others=self.locked)
        self.keep(firing.run_out(own.order, rules=self.rules, facts=facts, now=self.now))

    def keep(self, decision: Decision, *, bound: str = "") -> None:
        """Append the decision's facts stream by stream and let the rows follow.

        `bound`: the digest of the appeal's words, for the fact that completes them.
        """
        for order_id, facts in _by_stream(decision.facts).items():
            state = decision.orders[order_id]
            known = self.locked.get(order_id)
            if known is None:
                known = self._new_child(state)
            paper = self._paper(known, facts)
            entries = [
                records.to_ledger(fact, filing=records.Filing(known.number))
                if known.order.version == 0 and place == 0
                else records.to_ledger(
                    fact,
                    bound=bound if isinstance(fact.event, ev.Completed) else "",
                    paper=paper if isinstance(fact.event, ev.SupervisionIssued) else "",
                )
                for place, fact in enumerate(facts)
            ]
            alarm = timers.next_due(state, self.rules)
            head = ledger.append(
                city=known.city,
                stream=records.stream_of(order_id),
                version=known.order.version,
                facts=entries,
                alarm=alarm.due if alarm else None,
                now=self.now,
                head_hash=known.head,
            )
            after = replace(known, order=state, head=head)
            if known.order.version == 0:
                projection.insert(
                    state,
                    city=known.city,
                    number=known.number,
                    title=known.title,
                    registrar=projection.registrar_of(facts[0]),
                    head=head,
                    appeal=None,
                )
            else:
                projection.update(state, city=known.city, head=head)
            projection.keep_breaches(known.order, state, city=known.city)
            watching.keep(known.order, state, city=known.city, number=paper)
            watching.keep_urges(facts, before=known.order, after=state, city=known.city)
            if any(isinstance(fact.event, (ev.Reopened, ev.Replied, ev.Answered)) for fact in facts):
                publication.retract(order_id)
                public_files.retract(order_id, store=places.store())
            self.locked[order_id] = after

    def _paper(self, known: Locked, facts: Iterable[Fact]) -> str:
        """Return the number of the supervision order that the facts issue; empty where they issue none."""
        if not any(isinstance(fact.event, ev.SupervisionIssued) for fact in facts):
            return ""
        return watching.next_number(known.city, rules=self.rules, now=self.now)

    def _new_child(self, state: Order) -> Locked:
        """Return where the stream of a parallel dispatch's child begins: the parent's number and a count."""
        parent = self.locked[state.parent]
        count = state.id.rpartition(".")[2]
        return Locked(Order(state.id), parent.city, f"{parent.number}-{count}", GENESIS, parent.title)


def _lock_all(order_id: str, command: cmd.Command | None) -> dict[str, Locked]:
    """Lock the order and whatever the command reaches besides, in the order of their ids.

    Raises: Rejected `not_found`.
    """
    locked = queries.lock(queries.reached_by(command, order_id=order_id))
    if order_id not in locked:
        raise Rejected("not_found")
    return locked


def _by_stream(facts: Iterable[Fact]) -> Mapping[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        found.setdefault(fact.stream, []).append(fact)
    return found


def _or_conflict(rejected: Rejected, current: Locked, seen_version: int | None) -> Rejected:
    """Return the refusal, or, if somebody was faster, one that says who did what."""
    if seen_version is None or seen_version >= current.order.version:
        return rejected
    since = [
        records.from_ledger(stored) for stored in queries.history(current.order.id) if stored.version > seen_version
    ]
    return conflicts.told(rejected, since, names=people.names, words=wording.STEPS)


def _record_refusal(refused: Rejected, command: cmd.Command | None, own: Locked, actor: Actor, now: datetime) -> None:
    ledger.refuse(
        at=now,
        city=own.city,
        stream=records.stream_of(own.order.id),
        actor=actor_to_plain(actor),
        command=command.name if command is not None else "",
        code=refused.code,
    )


def _known_answer(key: Key, now: datetime) -> Outcome | None:
    stored = ledger.once(key.scope, key=key.key, fingerprint=key.fingerprint, now=now)
    if stored is None:
        return None
    body = stored.body
    assert isinstance(body, dict)
    order_id, version = body["order"], body["version"]
    found = queries.peek([order_id])[order_id]
    order = found.order if found.order.version == version else _as_it_was(order_id, version)
    if found.order.sealed:
        # The words went out with the first answer; since then they are a secret, also for who heard them.
        order = found.order
    messages = tuple(Message(each["code"], each["params"]) for each in body["messages"])
    return Outcome(order, found.number, messages, repeated=True)


def _as_it_was(order_id: str, version: int) -> Order:
    """Return the order at a version: who asks again is told what was answered, not what others did since."""
    stored = [each for each in queries.history(order_id) if each.version <= version]
    return projection.fold(stored, order_id)[0]


def _remember(key: Key, outcome: Outcome) -> None:
    messages = [{"code": each.code, "params": records.plain_of(each.params)} for each in outcome.messages]
    body = {"order": outcome.order.id, "version": outcome.order.version, "messages": messages}
    ledger.remember(key.scope, key=key.key, status=200, body=body)


def _whole_second(now: datetime) -> datetime:
    """Return the moment without its fraction: limits are kept to the second, the due second included."""
    return now.replace(microsecond=0)
