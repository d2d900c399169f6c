"""The controller as a process with a real Asterisk: a call from greeting to wrap-up, and what befalls process, line,
switch and database while people talk. Citizens and agents speak by SIP, some of them by sipp."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.asterisk_ground import MUSIC, PROMPTS, hears_at
from tests.calls_ground import Hall

from minsheng.cases.telephony import queries
from minsheng.cases.telephony.models import TelephonyAgent, TelephonyCall
from minsheng.core.ledger import queries as ledger
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.gateways import clock

CITIZEN = "19900001111"
pytestmark = pytest.mark.django_db(transaction=True)
MadeHall = Callable[[int], Hall]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[MadeHall]:
    policies.open_city("suzhou", name="苏州市", pack="suzhou", actor=SYSTEM, now=clock.now() - timedelta(days=400))
    made: list[Hall] = []

    def make(agents: int) -> Hall:
        made.append(Hall(tmp_path, agents=agents))
        return made[0]

    yield make
    for each in made:
        each.close()


def whats(call: TelephonyCall) -> list[str]:
    return [each.what for each in queries.timeline(call.pk, since=call.offered_at)]


def talking() -> int:
    return TelephonyCall.objects.filter(stage="TALKING").count()


def test_call_is_greeted_queued_popped_answered_held_and_wrapped_up(hall: MadeHall) -> None:
    hall_ = hall(1)
    phone = hall_.phones["staff-9000"]
    hall_.starts()

    citizen = hall_.do(hall_.carrier.calls("12345", ani=CITIZEN))
    hall_.do(hall_.carrier.waits(citizen, "up"))
    hears = lambda talk, **tones: hall_.do(hears_at(talk, tones))  # noqa: E731
    assert hears(citizen, greeting=PROMPTS["greeting"]) == {"greeting"}
    hall_.until(lambda: TelephonyCall.objects.filter(stage="QUEUED").exists())
    assert hears(citizen, music=MUSIC) == {"music"}

    hall_.all_ready()
    hall_.until(lambda: talking() == 1)
    (call,) = TelephonyCall.objects.all()
    talk = hall_.do(phone.latest())
    assert talk.request is not None
    assert talk.request.of("x-call-id") == str(call.pk)
    both = {"citizen": hall_.carrier.tone, "agent": phone.tone, "music": MUSIC}
    assert (hears(citizen, **both), hears(talk, **both)) == ({"agent"}, {"citizen"})

    hall_.do(phone.holds(talk, on=True))
    hall_.until(lambda: "hold" in whats(call))
    assert hears(citizen, **both) == {"music"}
    hall_.do(phone.holds(talk, on=False))
    hall_.until(lambda: "unhold" in whats(call))
    assert (hears(citizen, **both), hears(talk, **both)) == ({"agent"}, {"citizen"})

    hall_.do(hall_.carrier.hangs_up(citizen))
    hall_.until(lambda: TelephonyAgent.objects.filter(state="WRAP_UP").exists())
    hall_.until(lambda: TelephonyCall.objects.exclude(digest=None).exists())
    assert whats(call) == ["offered", "menu_end", "queued", "ring", "answered", "hold", "unhold", "ended"]
    assert not any(CITIZEN in each for each in phone.told)
    assert CITIZEN not in hall_.said()


def test_controller_killed_with_twenty_calls_up_is_followed_by_another_and_no_talk_ends(hall: MadeHall) -> None:
    hall_ = hall(20)
    first = hall_.starts()
    hall_.all_ready()
    sipp = hall_.callers(20)
    hall_.until(lambda: talking() == 20)
    hall_.starts()
    hall_.until(lambda: "stands by" in hall_.said())

    began = time.monotonic()
    first.kill()
    hall_.until(lambda: all("adopted" in whats(each) for each in TelephonyCall.objects.all()))
    took = time.monotonic() - began

    print(f"20 calls up, killed; all adopted after {took:.2f} s")
    assert (talking(), sipp.poll()) == (20, None)
    assert "40 active channels" in hall_.asterisk.tells("core show channels count")
    for agent in hall_.agents:
        hall_.ask(agent, "hang_up")
    hall_.until(lambda: TelephonyCall.objects.exclude(digest=None).count() == 20)
    assert sipp.wait(120) == 0
    assert {(each.cause, each.by) for each in TelephonyCall.objects.all()} == {("hung_up", "agent")}


def test_calls_survive_a_cut_line_to_the_switch_and_a_database_that_is_away(hall: MadeHall) -> None:
    hall_ = hall(2)
    hall_.starts()
    hall_.all_ready()
    leaves, stays = (hall_.do(hall_.carrier.calls("12345", ani=CITIZEN)) for _ in range(2))
    hall_.until(lambda: talking() == 2)

    hall_.to_switch.cut()
    hall_.do(hall_.carrier.hangs_up(leaves))
    hall_.to_switch.mends()
    hall_.until(lambda: TelephonyCall.objects.filter(cause="lost").exclude(digest=None).count() == 1)
    assert (talking(), stays.state) == (1, "up")

    hall_.to_database.cut()
    hall_.do(hall_.carrier.hangs_up(stays))
    waits = hall_.do(hall_.carrier.calls("12345", ani=CITIZEN))
    hall_.do(hall_.carrier.waits(waits, "up"))
    hall_.until(lambda: any(hall_.folder.glob("var/telephony/*.jsonl")))
    assert (talking(), TelephonyCall.objects.count()) == (1, 2)
    hall_.to_database.mends()
    hall_.until(lambda: TelephonyCall.objects.exclude(digest=None).count() == 2)
    hall_.until(lambda: TelephonyCall.objects.count() == 3)
    hall_.until(lambda: not any(hall_.folder.glob("var/telephony/*.jsonl")))
    for call in TelephonyCall.objects.exclude(digest=None):
        lines = queries.timeline(call.pk, since=call.offered_at)
        assert [each.no for each in lines] == list(range(1, len(lines) + 1))
        assert len(ledger.history(f"call/{call.pk}")) == 1


def test_calls_of_a_switch_that_died_are_ended_and_new_ones_taken(hall: MadeHall) -> None:
    hall_ = hall(1)
    hall_.starts()
    hall_.all_ready()
    hall_.do(hall_.carrier.calls("12345", ani=CITIZEN))
    hall_.until(lambda: talking() == 1)

    hall_.asterisk.dies()
    hall_.asterisk.starts()

    hall_.until(lambda: TelephonyCall.objects.filter(cause="lost").exclude(digest=None).exists())
    assert TelephonyAgent.objects.get().state == "WRAP_UP"
    hall_.do(hall_.phones["staff-9000"].registers())
    hall_.ask(hall_.agents[0], "settle", outcome="silent")
    hall_.ask(hall_.agents[0], "go_ready")
    hall_.do(hall_.carrier.calls("12345", ani="19900002222"))
    hall_.until(lambda: talking() == 1)
