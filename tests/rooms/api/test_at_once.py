"""Several callers at the same moment: one wins, the others hear the same answer, or who did what."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from tests import calling_ground as calling
from tests.calling_ground import Answer, City

from minsheng.cases.orders.models import Order
from minsheng.core.ledger import verification
from minsheng.core.ledger.models import Event, Refusal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city(test_clock: Callable[[datetime], None]) -> City:
    """Return a city whose callers have connections of their own."""
    test_clock(calling.MONDAY)
    return calling.open_city("jiangyin", pack="jiangyin", set_clock=test_clock)


def together(*works: Callable[[], Answer]) -> list[Answer]:
    """Let all begin at once and return what each was answered, in their order."""
    start = threading.Barrier(len(works))
    found: dict[int, Answer] = {}

    def run(place: int, work: Callable[[], Answer]) -> None:
        start.wait()
        try:
            found[place] = work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[place] for place in range(len(works))]


def test_one_key_registers_once_whoever_is_first(city: City) -> None:
    city.token_of("seat")

    answers = together(*[lambda: city.post("/appeals", calling.APPEAL, by="seat", key="once")] * 6)

    assert sorted(each.status for each in answers) == [200] * 5 + [201]
    assert len({each.body["id"] for each in answers}) == 1
    assert Order.objects.count() == 1
    assert verification.verify().fault is None


def test_of_two_dispatchers_one_wins_and_the_other_hears_who_did_what(city: City) -> None:
    order = city.register()
    seen = city.get(f"/orders/{order}").headers["ETag"]

    def dispatch(command: str, body: dict[str, str]) -> Callable[[], Answer]:
        return lambda: city.post(f"/orders/{order}/{command}", body, by="dispatcher", If_Match=seen)

    answers = together(dispatch("propose_referral", {}), dispatch("dispatch", {"unit": "城管局", "basis": "权责清单"}))

    # After a referral the order no longer exists for a dispatcher; after a dispatch it can't be referred any more.
    statuses = [each.status for each in answers]
    assert statuses in ([200, 404], [409, 200])
    if statuses[0] == 409:
        assert answers[0].code == "conflict"
        assert "交办员" in answers[0].body["detail"]
    assert verification.verify().fault is None


def test_openings_at_the_same_moment_pass_the_limit_together_and_tell_the_auditors_once(city: City) -> None:
    order = city.register(identity={"name": "王小明", "phone": "13812345678"})
    body = {"reason": "回访前核实情况", "fields": ["phone"]}
    for _ in range(58):
        assert city.post(f"/orders/{order}/identity", body, by="supervisor").status == 200

    answers = together(*[lambda: city.post(f"/orders/{order}/identity", body, by="supervisor")] * 6)

    assert sorted(each.status for each in answers) == [200] * 2 + [429] * 4
    assert Event.objects.filter(type="OpeningsBurst").count() == 1
    assert Refusal.objects.filter(code="openings_used_up").count() == 4
    assert verification.verify().fault is None
