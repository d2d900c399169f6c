"""What the ledger's facts become for browsers, and for whom."""

from __future__ import annotations

from datetime import timedelta

from tests.town_ground import Town, relayed

from minsheng.cases.live import actions, queries, tasks
from minsheng.cases.live.models import Signal
from minsheng.cases.orders import actions as orders
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.people import audiences
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd

INSIDERS = {
    "role:designated_officer",
    "role:discipline",
    "unit:住建局",
    "officer@住建局",
    "leader@住建局",
    "head@住建局",
}


def told(*kinds: str) -> set[tuple[str, str]]:
    """Return kind and audience of what browsers were told since the last call."""
    found = {(row.kind, row.audience) for row in Signal.objects.all() if not kinds or row.kind in kinds}
    Signal.objects.all().delete()
    return found


def quiet(town: Town) -> None:
    """Forget what was told until now."""
    relayed()
    told()


def test_submitted_order_is_new_to_the_dispatcher_alone(town: Town) -> None:
    town.register()

    relayed()

    assert told("new") == {("new", "role:dispatcher")}


def test_dispatched_order_is_new_to_the_units_officer_and_changes_both_lists(town: Town) -> None:
    order = town.register()
    quiet(town)

    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    relayed()

    found = told()
    assert ("new", "officer@城管局") in found
    assert ("order", "city") in found
    assert ("order", "unit:城管局") in found
    assert {("queue", "unit:城管局"), ("queue", "role:dispatcher")} <= found
    assert not any("住建局" in each for _, each in found)


def test_returned_order_leaves_the_units_list_without_being_named(town: Town) -> None:
    order = town.dispatched()
    town.act(order, "officer@城管局", "request_return", reason="非本单位职责", basis="三定方案", suggest="住建局")
    quiet(town)

    town.act(order, "dispatcher", "accept_return", reason="同意")
    relayed()

    rows = list(Signal.objects.filter(audience__in=("unit:城管局", "officer@城管局")))
    assert [(row.kind, row.order) for row in rows] == [("queue", "")]
    # It has waited for the dispatcher since the return was asked for: no news, but the list has changed.
    assert {kind for kind, audience in told() if audience == "role:dispatcher"} == {"queue"}


def test_urge_reaches_the_unit_that_is_responsible(town: Town) -> None:
    order = town.handled()
    quiet(town)

    town.act(order, "office", "urge", text="请尽快办理")
    relayed()

    assert told("urge") == {("urge", "officer@城管局")}


def test_emergency_is_told_to_who_decides_and_not_to_units(town: Town) -> None:
    form = cmd.EmergencyForm(level="major", place="人民路", facts="管道爆裂", ground="E1")
    register = cmd.Register(type="help", channel="phone", appellant="citizen", publish="yes", emergency=form)
    order = orders.register(register, city=town.code, actor=town.actor("seat"), now=town.now).order.id

    relayed()
    registered = told("emergency", "new")
    town.act(order, "seat", "report")
    relayed()

    assert registered == {("emergency", f"role:{role}") for role in ("dispatcher", "duty_leader", "office", "command")}
    assert told("emergency", "new") == {("emergency", "role:duty_leader")}


def test_ten_facts_of_one_batch_change_a_list_once(town: Town) -> None:
    for _ in range(10):
        town.register()

    relayed()

    assert Signal.objects.filter(kind="queue", audience="role:dispatcher").count() == 1
    assert Signal.objects.filter(kind="new", audience="role:dispatcher").count() == 10


def test_flood_of_facts_tells_of_lists_only(town: Town) -> None:
    for _ in range(61):
        town.register()

    relayed()

    assert {kind for kind, _ in told()} == {"queue"}


def test_facts_that_are_heard_twice_make_browsers_look_twice(town: Town) -> None:
    town.register()
    relayed()
    once = told()

    events = ledger_queries.page(after_position=0, limit=100)
    tasks.hear(events)

    assert told() == once


def test_internal_referral_reaches_nobody_but_insiders(town: Town) -> None:
    order = town.register(type="report", publish="", target_unit="城管局")
    quiet(town)

    town.act(order, "dispatcher", "propose_referral")
    relayed()
    proposed = list(Signal.objects.all())
    told()
    town.act(order, "designated_officer", "refer", branch="12.2a", handler="住建局", cadre="other")
    relayed()
    referred = list(Signal.objects.all())

    assert {row.audience for row in proposed if row.order} == {"role:designated_officer"}
    # From the dispatcher's list it has gone; why, nobody is told.
    assert {row.audience for row in proposed if not row.order} == {
        "role:designated_officer", "role:dispatcher", "role:supervisor",
    }  # fmt: skip
    assert referred
    assert {row.audience for row in referred} <= INSIDERS
    assert {"role:designated_officer", "role:discipline", "unit:住建局"} <= {row.audience for row in referred}


def test_whole_life_of_a_referral_is_never_told_to_who_may_not_see_it(town: Town) -> None:
    order = town.internal()
    relayed()
    told()

    town.act(order, "designated_officer", "notify_appellant")
    town.act(order, "leader@住建局", "approve_reply")
    town.act(order, "officer@住建局", "return_result", to=["office", "discipline"], text="已查实并处理")
    town.act(order, "designated_officer", "close_referral")
    relayed()

    rows = list(Signal.objects.all())
    assert {row.order for row in rows} == {order, ""}
    assert {row.audience for row in rows} <= INSIDERS
    outsiders = [
        Actor(role, person=f"staff:{number}") for number, role in enumerate(("dispatcher", "supervisor", "office"))
    ]
    for actor in (*outsiders, Actor("officer", "城管局", "staff:9")):
        assert queries.since(0, city=town.code, audiences=audiences.of_actor(actor)).events == ()


def test_order_that_was_hidden_before_the_relay_came_is_not_named(town: Town) -> None:
    order = town.register(type="report", publish="", target_unit="城管局")
    town.act(order, "dispatcher", "propose_referral")

    relayed()

    assert {row.audience for row in Signal.objects.exclude(order="")} == {"role:designated_officer"}
    assert {row.audience for row in Signal.objects.filter(order="")} == {"role:designated_officer"}


def test_other_cities_hear_nothing(town: Town) -> None:
    town.register()

    relayed()

    assert set(Signal.objects.values_list("city", flat=True)) == {town.code}
    assert queries.since(0, city="suqian", audiences=("city", "role:dispatcher")).events == ()


def test_old_signals_are_forgotten_but_for_the_newest(town: Town) -> None:
    town.register()
    relayed()
    newest = queries.newest()

    actions.forget(now=town.now + timedelta(hours=2))

    assert list(Signal.objects.values_list("id", flat=True)) == [newest]
