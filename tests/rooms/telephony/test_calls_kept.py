"""What is kept of calls: timeline, rows, one fact an ended call, a sealed number, rows of the lake."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from tests import exchange_ground
from tests import lake_ground as making
from tests.exchange_ground import Office, done

from minsheng.cases.telephony import actions, exporting, queries, witness
from minsheng.cases.telephony.models import TelephonyAgent, TelephonyAsk, TelephonyCall, TelephonyLeg
from minsheng.cases.telephony.tasks import forget_asks
from minsheng.cases.telephony.values import Batch, unpacked
from minsheng.core.features.values import Range
from minsheng.core.ledger import journals
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.queries import content
from minsheng.core.people import rotation, vault
from minsheng.core.policies import actions as policies
from minsheng.core.policies import queries as policy_queries
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.periods import Period
from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import engines, export
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.release import checks, releases

NOW = datetime.fromisoformat("2026-10-12T09:00:00+08:00")
CITIZEN = "19900001111"
AGENT = "staff:1"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city(db: None) -> None:
    journals.make_months(NOW.date(), NOW.date())
    policies.open_city("suzhou", name="苏州市", pack="suzhou", actor=SYSTEM, now=NOW - timedelta(days=400))


def told(story: Callable[[Office], None]) -> Office:
    """Play a story at an office that writes what happens."""
    rules = policy_queries.rules_for("suzhou", now=NOW)
    office = Office("suzhou", rules, begins=NOW, write=write)
    story(office)
    return office


def write(batch: Batch, now: datetime) -> None:
    actions.write(batch, city="suzhou", now=now)


def whole_call(office: Office) -> None:
    """Let a call be answered after 3 seconds of ringing, held for 4, and end after 20."""
    office.comes(AGENT)
    call = office.sim.calls_in(CITIZEN)
    office.passes(5)
    office.answers(AGENT)
    office.passes(10)
    office.asks(AGENT, "hold")
    office.passes(4)
    office.asks(AGENT, "unhold")
    office.passes(6)
    office.sim.hangs_up(call)
    office.settles()


def test_whole_call_is_kept_once_with_one_fact_and_the_digest_of_its_timeline() -> None:
    office = told(whole_call)

    (row,) = TelephonyCall.objects.all()
    lines = queries.timeline(row.pk, since=row.offered_at)
    assert [each.what for each in lines] == [
        "offered", "menu_end", "queued", "ring", "answered", "hold", "unhold", "ended",
    ]  # fmt: skip
    (fact,) = ledger.history(f"call/{row.pk}")
    assert (fact.type, content(fact)["digest"]) == ("CallEnded", queries.digest_of(lines).hex())
    assert bytes(row.digest or b"") == queries.digest_of(lines)
    assert (row.agent, row.hold_seconds, row.by, row.stage) == (AGENT, 4, "caller", "ENDED")
    leg = TelephonyLeg.objects.get()
    assert (leg.agent, leg.is_citizen, leg.answered_at == row.answered_at, leg.cause) == (AGENT, False, True, "hung_up")
    for batch in office.batches:
        write(unpacked(batch.packed()), NOW)
    assert len(ledger.history(f"call/{row.pk}")) == 1
    assert queries.timeline(row.pk, since=row.offered_at) == lines
    assert TelephonyAgent.objects.get().state == "WRAP_UP"


def test_number_of_a_caller_stands_nowhere_in_clear() -> None:
    office = told(whole_call)

    (row,) = TelephonyCall.objects.all()
    assert (queries.number_of(row.pk), vault.mask_phone(CITIZEN)) == (CITIZEN, "199****1111")
    assert bytes(row.caller_index or b"") in vault.phone_indexes(CITIZEN, city="suzhou")
    assert all(CITIZEN.encode() not in batch.packed() for batch in office.batches)
    with connection.cursor() as cursor:
        for table in ("telephony_call", "telephony_leg", "telephony_agent", "ledger_entry", "ledger_event"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", (f"%{CITIZEN}%",))
            assert cursor.fetchone() == (0,), table


@pytest.mark.parametrize("number", ["", "anonymous", "4" * 40, "<script>", "０１"])
def test_garbled_numbers_are_no_numbers_and_the_call_goes_on(number: str) -> None:
    def story(office: Office) -> None:
        office.comes(AGENT)
        office.sim.calls_in(number, "sip:12345@x")
        office.passes(3)
        assert office.rings(AGENT)

    told(story)

    (row,) = TelephonyCall.objects.all()
    assert (row.caller_enc, row.caller_index, row.line) == (None, None, "12345")


def test_key_of_the_vault_is_changed_for_numbers_too(settings: Any) -> None:
    told(whole_call)
    old, new = settings.VAULT_KEY, "A" * 43 + "="

    settings.VAULT_KEY, settings.VAULT_OLD_KEYS = new, [old]
    rotation.rotate()
    settings.VAULT_OLD_KEYS = []

    (row,) = TelephonyCall.objects.all()
    assert queries.number_of(row.pk) == CITIZEN
    assert bytes(row.caller_index or b"") == vault.blind_index("phone", CITIZEN, city="suzhou")


def test_altered_timeline_is_found() -> None:
    told(whole_call)
    (row,) = TelephonyCall.objects.all()
    stream = queries.stream(row.pk)
    assert (witness.compare([stream]).altered, witness.compare(["call/" + str(uuid4())]).unbound) == ([], 1)
    assert witness.strangers() == []

    TelephonyCall.objects.update(offered_at=row.offered_at + timedelta(seconds=1))

    assert [each.what for each in witness.compare([stream]).altered] == ["words"]


def test_lake_has_each_ended_call_and_its_figures() -> None:
    def story(office: Office) -> None:
        whole_call(office)
        office.sim.hangs_up(office.sim.calls_in(CITIZEN, "12345"))
        office.settles()
        call = office.sim.calls_in(CITIZEN, "12345")
        office.passes(12)
        office.sim.hangs_up(call)
        office.settles()
        office.sim.calls_in(CITIZEN)
        office.passes(3)

    told(story)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(position) FROM ledger_event")
        last = cursor.fetchone()[0]

    (fresh,) = exporting.export(Range(0, last, NOW))

    rows = {each["wait_seconds"]: each for each in fresh.rows["2026-10"]}
    assert (fresh.dataset, fresh.city, sorted(rows)) == ("calls", "suzhou", [0, 3, 10])
    assert {name: rows[3][name] for name in ("answered", "talk_seconds", "hold_seconds", "ring_seconds", "queue")} == {
        "answered": True, "talk_seconds": 20, "hold_seconds": 4, "ring_seconds": 3, "queue": "ordinary",
    }  # fmt: skip
    assert [(rows[wait]["answered"], rows[wait]["abandoned"]) for wait in (0, 10)] == [(False, False), (False, True)]
    assert fresh.keys == {each["call_id"] for each in rows.values()}


@pytest.mark.clause("AR-2.1.2")
def test_release_prints_the_calls_that_were_answered_and_made_and_their_totals(tmp_path: Path) -> None:
    def story(office: Office) -> None:
        whole_call(office)  # waited 3 s, talked 20 s
        office.asks(AGENT, "settle", outcome="silent")
        office.asks(AGENT, "take_break", reason="rest")
        gone = office.sim.calls_in(CITIZEN)
        office.passes(12)
        office.sim.hangs_up(gone)
        called_back(office, seconds=630)

    told(story)
    store = Store(tmp_path)

    export.export(store, now=NOW + timedelta(hours=1))

    with engines.opened(store, city="suzhou") as lake:
        release = releases.build(lake, making.parameters(Period.year(2026), least=1))
    printed = {row.label: tuple(str(cell.value) for _, cell in row.cells) for row in release["E-2"].rows}
    assert printed == {
        "接听": ("1", "33.33", "3.00", "20.00", "0.00"),
        "呼出": ("1", "630.00", "100.00"),
        "总计": ("2", "325.00", "50.00"),
    }
    assert not [each for each in checks.broken(release) if each.check == "E-2"]


def test_missed_phone_unregistered_phone_and_a_phone_that_is_gone_ring_the_next() -> None:
    def story(office: Office) -> None:
        for each in (1, 2, 3):
            office.comes(f"staff:{each}")
            office.passes(1)
        office.sim.leaves("staff-1")
        call = office.sim.calls_in(CITIZEN)
        office.passes(3)
        assert office.rings("staff:2")
        office.sim.declines(office.rings("staff:2"))
        office.settles()
        office.answers("staff:3")
        office.sim.restarts()
        office.exchange.reconcile(done(office.sim.snapshot()))
        office.settles()
        office.exchange.reconcile(done(office.sim.snapshot()))
        assert call

    told(story)

    (row,) = TelephonyCall.objects.all()
    assert (row.missed, row.agent, row.cause, row.stage) == (2, "staff:3", "lost", "ENDED")
    assert sorted(TelephonyLeg.objects.values_list("cause", flat=True)) == ["lost", "rejected", "unregistered"]
    states = dict(TelephonyAgent.objects.values_list("id", "state"))
    assert states == {"staff:1": "BREAK", "staff:2": "BREAK", "staff:3": "WRAP_UP"}


def called_back(office: Office, *, seconds: int = 30) -> None:
    """Let a citizen keep their place, and be called back and talked with for so long."""
    call = office.sim.calls_in(CITIZEN)
    office.passes(63)
    assert "prompt:callback_offer" in office.sim.hears(call)
    office.sim.presses(call, "1")
    office.passes(3)
    office.comes(AGENT)
    office.answers(AGENT)
    leg = office.sim.rings(f"tel:{CITIZEN}")
    assert office.sim.shown(leg)[0] == "12345"
    office.sim.picks_up(leg)
    office.passes(seconds)
    assert office.sim.hears(leg)
    office.asks(AGENT, "hang_up")


def test_citizen_is_called_back_in_turn() -> None:
    told(called_back)

    first, back = TelephonyCall.objects.order_by("offered_at")
    assert (first.cause, back.callback_of, back.direction, back.agent) == ("callback", first.pk, "out", AGENT)
    assert TelephonyLeg.objects.get(is_citizen=True).call == back.pk


def test_what_desks_ask_is_done_once_or_refused_with_its_code() -> None:
    key, by = uuid4(), Actor("seat", person=AGENT)
    for _ in range(2):
        actions.ask(key, kind="go_ready", agent=AGENT, by=by, city="suzhou", now=NOW)
    with pytest.raises(Rejected, match="not_found"):
        actions.ask(uuid4(), kind="fly", agent=AGENT, by=by, city="suzhou", now=NOW)

    def story(office: Office) -> None:
        (ask,) = queries.asks("suzhou")
        for _ in range(2):
            office.exchange.asked(ask)
        office.settles()
        assert queries.asks("suzhou") == []
        for kind, body in (
            ("demo_pick_up", {}), ("demo_hang_up", {}), ("hang_up", {}), ("settle", {"outcome": "silent"}),
        ):  # fmt: skip
            office.asks(AGENT, kind, **body)
        office.asks(AGENT, "come", skills={"ordinary": 1})
        office.asks(AGENT, "settle", outcome="order", call="another")
        office.asks(AGENT, "take_break", reason="rest")
        office.asks("staff:9", "force_off", role="supervisor", of=AGENT, reason="离岗")
        office.asks(AGENT, "demo_call", number=CITIZEN)

    office = told(story)

    assert TelephonyAsk.objects.get().refused == "not_at_phone"
    refused = [code for batch in office.batches for code in batch.asks.values()]
    assert refused == ["not_at_phone", "no_talk", "no_talk", "no_talk", "not_at_phone", "", "", "", "", ""]
    assert TelephonyAgent.objects.get().state == "OFFLINE"
    forget_asks(NOW + timedelta(days=3))
    assert TelephonyAsk.objects.count() == 0


def test_order_registered_from_a_call_settles_it() -> None:
    by, order = Actor("seat", person=AGENT), str(uuid4())

    def story(office: Office) -> None:
        whole_call(office)
        id = office.of(AGENT)
        with pytest.raises(Rejected, match="call_unknown"):
            actions.registered("suzhou", UUID(id), order=order, by=Actor("seat", person="staff:2"), now=office.now())
        actions.registered("suzhou", UUID(id), order=order, by=by, now=office.now())
        for ask in queries.asks("suzhou"):
            office.exchange.asked(ask)
        office.passes(31)

    told(story)

    (row,) = TelephonyCall.objects.all()
    assert (row.order, row.outcome, TelephonyAgent.objects.get().state) == (order, "order", "READY")


def test_call_without_an_order_is_wrapped_up_with_its_reason() -> None:
    def story(office: Office) -> None:
        whole_call(office)
        office.asks(AGENT, "settle", outcome="misdialed")
        office.asks(AGENT, "go_ready")

    told(story)

    assert TelephonyCall.objects.get().outcome == "misdialed"


def test_agent_alone_sees_the_call_and_reads_its_number_on_record() -> None:
    told(whole_call)
    (row,) = TelephonyCall.objects.all()
    mine, other = Actor("seat", person=AGENT), Actor("seat", person="staff:2")

    seen = queries.shown("suzhou", str(row.pk), agent=AGENT)
    assert seen is not None
    assert (seen.caller, seen.line, seen.is_held) == ("199****1111", "12345", False)
    assert queries.shown("suzhou", str(row.pk), agent="staff:2") is None
    assert queries.shown("suzhou", "no id", agent=AGENT) is None
    assert actions.caller_for_form("suzhou", str(row.pk), by=other, now=NOW) == ""
    for _ in range(2):
        assert actions.caller_for_form("suzhou", str(row.pk), by=mine, now=NOW) == CITIZEN
    assert [each.type for each in ledger.history(f"call/{row.pk}")] == ["CallEnded", "CallerShown"]


def test_digest_of_a_timeline_is_of_all_its_lines() -> None:
    told(whole_call)
    (row,) = TelephonyCall.objects.all()
    lines = queries.timeline(row.pk, since=row.offered_at)

    assert len(queries.digest_of(lines)) == hashlib.sha256().digest_size
    assert queries.digest_of(lines) != queries.digest_of(lines[:-1])


@pytest.mark.parametrize(("menu", "said"), [({}, False), ({"2": "enterprise"}, True)])
def test_menu_is_said_in_words_where_the_city_has_one(menu: dict[str, str], said: bool) -> None:
    from tests.packing_ground import rules_of

    office = Office("suzhou", rules_of("suzhou", telephony_menu=menu), begins=NOW)

    assert ("请按 2 键进入一企来" in office.exchange.words()["menu"]) is said
    assert office.exchange.words()["greeting"].startswith("您好，苏州12345")
    office.exchange.goes_by(rules_of("suzhou", telephony_ring_seconds=20))
    assert office.exchange.floor.settings.ring == timedelta(seconds=20)
    assert exchange_ground.stream_of("x") == "call/x"


@pytest.mark.clause("SZ-15.1")
def test_caller_of_wujiang_is_answered_in_its_queue_and_else_by_the_city() -> None:
    from tests.packing_ground import rules_of

    queues = {
        "ordinary": {"name": "综合", "desk": "ordinary"},
        "wujiang": {"name": "吴江", "desk": "zone", "overflow": "ordinary", "overflow_seconds": 20},
    }
    rules = rules_of("suzhou", telephony_queues=queues, telephony_prefixes={"051263": "wujiang"})
    office = Office("suzhou", rules, begins=NOW, write=write)
    office.comes("staff:1", zone=2).comes("staff:2", ordinary=1)

    office.sim.calls_in("051263110000")
    office.sim.calls_in("051263110001")
    office.passes(5)
    assert office.rings("staff:1")
    assert not office.rings("staff:2")
    assert set(TelephonyCall.objects.values_list("queue", flat=True)) == {"wujiang"}
    office.answers("staff:1")
    office.passes(20)

    assert office.rings("staff:2")
    assert sorted(TelephonyCall.objects.values_list("queue", "agent")) == [
        ("ordinary", "staff:2"), ("wujiang", "staff:1"),
    ]  # fmt: skip
