"""The outbox: once for each fact, recipient and channel; many at once; nothing locked while a carrier thinks."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

import psycopg
import pytest
from django.conf import LazySettings
from django.db import DatabaseError, connection, transaction
from tests import toy_writer_ground
from tests.toy_rows_ground import FEATURE
from tests.toy_writer_ground import PHONE

from minsheng.core.features.values import BAD, GOOD, HINT
from minsheng.core.messages import actions, checks, onward, queries, receipts, sending
from minsheng.core.messages.models import Message
from minsheng.core.messages.values import BESIDE, CITIZEN, account
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.gateways import carriers
from minsheng.gateways.sms import Handed, SmsAway, SmsRefused
from minsheng.gateways.sms_http import DELIVERED, PERMANENT, TEMPORARY, Receipt

NOW = datetime.fromisoformat("2026-09-18T10:00:00+08:00")
STREAM = "loan/1"


@pytest.fixture(autouse=True)
def toys(settings: LazySettings) -> None:
    """The program has one feature more, with a writer of its own."""
    settings.FEATURES = [*settings.FEATURES, FEATURE]


@pytest.fixture
def city(db: None) -> None:
    """A city whose pack has quiet hours."""
    policies.open_city("jiangyin", name="江阴市", pack="jiangyin", actor=SYSTEM, now=NOW - timedelta(days=400))


def told(count: int = 1, *, to: str = CITIZEN, channel: str = "sms") -> None:
    """Keep messages that came with so many facts."""
    for position in range(count):
        actions.tell(
            STREAM, [to], city="jiangyin", kind="answered", params={} if channel == "sms" else {"by": channel},
            position=position, place=BESIDE, now=NOW,
        )  # fmt: skip


def say(kind: str, *, position: int, now: datetime = NOW) -> None:
    actions.tell(STREAM, [CITIZEN], city="jiangyin", kind=kind, params={}, position=position, place=BESIDE, now=now)


class Kept:
    """Keeps what it is given."""

    name = "kept"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, address: str, text: str, /, *, reference: str) -> None:
        self.sent.append((address, reference))


def states() -> list[str]:
    return list(Message.objects.order_by("id").values_list("state", flat=True))


@pytest.mark.django_db
def test_fact_tells_each_recipient_once_by_each_channel() -> None:
    for _ in range(2):
        told()
        told(to=account("a"))
        told(channel="post")
    actions.take([], now=NOW)

    assert Message.objects.count() == 3
    assert [each.kind for each in queries.of(STREAM, recipient=account("a"))] == ["answered"]
    carrier = Kept()
    assert sending.send_waiting({"sms": carrier}.get, now=NOW) == 3
    assert [address for address, _ in carrier.sent] == [PHONE]
    # The account has no telephone, and nobody carries letters.
    assert states() == ["SENT", "FAILED", "NO_CARRIER"]


@pytest.mark.django_db
def test_slow_carrier_is_handed_many_messages_at_once() -> None:
    """Each waits with the carrier until as many are there as there are senders: alone none would ever be taken."""
    gate = threading.Barrier(sending.SENDERS, timeout=30)

    class Slow(Kept):
        def send(self, address: str, text: str, /, *, reference: str) -> None:
            gate.wait()
            super().send(address, text, reference=reference)

    carrier = Slow()
    told(sending.SENDERS * 2)

    assert sending.send_waiting({"sms": carrier}.get, now=NOW) == sending.SENDERS * 2

    assert set(states()) == {"SENT"}
    assert len({reference for _, reference in carrier.sent}) == len(carrier.sent) == sending.SENDERS * 2


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_while_a_carrier_thinks_and_nobody_else_takes_the_same_row() -> None:
    seen: list[object] = []
    other = Kept()

    class Looking(Kept):
        def send(self, address: str, text: str, /, *, reference: str) -> None:
            try:
                with transaction.atomic():
                    rows = Message.objects.select_for_update(nowait=True)
                    seen.append(rows.get(pk=reference.rpartition(" ")[2]).state)
                seen.append(sending.send_waiting({"sms": other}.get, now=NOW + timedelta(minutes=4)))
            except DatabaseError as locked:
                seen.append(type(locked).__name__)
            finally:
                connection.close()

    told()

    sending.send_waiting({"sms": Looking()}.get, now=NOW)

    assert seen == ["WAITING", 0]
    assert (other.sent, states()) == ([], ["SENT"])


@pytest.mark.django_db
def test_message_whose_sender_died_is_sent_again_under_the_same_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    told()
    carrier = Kept()

    def die(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(sending, "_mark", die)
        with pytest.raises(MemoryError):
            sending.send_waiting({"sms": carrier}.get, now=NOW)
    assert sending.send_waiting({"sms": carrier}.get, now=NOW + timedelta(minutes=4)) == 0
    assert sending.send_waiting({"sms": carrier}.get, now=NOW + timedelta(minutes=6)) == 1

    first, second = carrier.sent
    assert first == second
    assert states() == ["SENT"]


@pytest.mark.django_db
def test_channel_without_a_carrier_says_so_and_what_waits_goes_when_one_comes() -> None:
    told(2)

    assert sending.send_waiting({}.get, now=NOW) == 2
    assert states() == ["NO_CARRIER", "NO_CARRIER"]
    sending.send_waiting({"sms": Kept()}.get, now=NOW + timedelta(minutes=2))
    assert states() == ["SENT", "SENT"]
    Message.objects.update(state="WAITING", attempts=0, next_at=NOW)
    for day in range(9):
        sending.send_waiting({}.get, now=NOW + timedelta(days=day))
    assert states() == ["FAILED", "FAILED"]


@pytest.mark.django_db
def test_what_was_held_is_dropped_or_released_and_nothing_else_goes() -> None:
    told(2)
    told(to=account("a"))
    Message.objects.filter(position=0, recipient=CITIZEN).update(state="HELD")
    actions.drop(STREAM)
    assert Message.objects.count() == 2
    Message.objects.filter(recipient=account("a")).update(state="HELD")
    actions.release(STREAM, now=NOW)
    assert set(states()) == {"WAITING"}
    assert set(Message.objects.values_list("recipient", flat=True)) == {CITIZEN, account("a")}


@pytest.mark.django_db
def test_doctor_names_a_channel_without_a_carrier_and_how_many_wait(settings: LazySettings) -> None:
    reached: psycopg.Connection = connection.connection
    settings.DEMO = settings.DEBUG = False
    assert [each.level for each in checks.channels(reached, now=NOW)] == [HINT]
    told(2)
    told(channel="post")
    Message.objects.filter(position=0).update(state="NO_CARRIER")

    post, sms = checks.channels(reached, now=NOW)

    assert (post.level, sms.level) == (BAD, BAD)
    assert "有 2 条消息发不出去" in sms.what
    settings.DEMO = True
    assert [each.level for each in checks.channels(reached, now=NOW)] == [BAD, GOOD]


def test_demonstration_carries_text_messages_and_nothing_else() -> None:
    found = carriers.configured("sms", demonstration=True)

    assert found is not None
    assert found.name == "demonstration"
    assert carriers.configured("sms", demonstration=False) is None
    assert carriers.configured("post", demonstration=True) is None


class Refuses(Kept):
    """Never brings anything."""

    def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> None:
        raise SmsRefused


@pytest.mark.django_db
@pytest.mark.clause("JY-9.4")
def test_what_one_channel_never_brings_goes_by_the_next_and_then_somebody_calls() -> None:
    told(channel="mail sms")
    sending.send_waiting({"mail": Refuses(), "sms": Kept()}.get, now=NOW)
    assert onward.go_on(now=NOW) == 1

    assert list(Message.objects.order_by("id").values_list("channel", "state", "instead_of")) == [
        ("mail", "FAILED", ""),
        ("sms", "WAITING", "mail"),
    ]
    sending.send_waiting({"sms": Refuses()}.get, now=NOW)
    assert [onward.go_on(now=NOW), onward.go_on(now=NOW)] == [1, 0]
    assert [stream for stream, *_ in queries.to_call("jiangyin", limit=9)] == [STREAM]
    actions.called(STREAM)
    assert queries.to_call("jiangyin", limit=9) == []


@pytest.mark.django_db
def test_what_can_wait_goes_when_it_is_no_longer_quiet(city: None) -> None:
    night = NOW.replace(hour=23)
    for kind in ("news", "answered"):
        say(kind, position=len(kind), now=night)

    assert sending.send_waiting({"sms": Kept()}.get, now=night) == 1
    assert sending.send_waiting({"sms": Kept()}.get, now=NOW.replace(hour=7) + timedelta(days=1)) == 0
    assert sending.send_waiting({"sms": Kept()}.get, now=NOW.replace(hour=8) + timedelta(days=1)) == 1


@pytest.mark.django_db
def test_words_are_kept_sealed_as_they_left() -> None:
    told()
    sending.send_waiting({"sms": Kept()}.get, now=NOW)

    (said,) = queries.spoken(STREAM)
    assert said.text == "jiangyin：answered loan {}"
    assert b"answered" not in bytes(Message.objects.get().text_enc)


@pytest.mark.django_db
def test_slow_news_leave_room_for_what_is_urgent(city: None) -> None:
    """Twelve of sixteen senders at most are with news, so that a duty finds one that is free."""
    together, lock, most = threading.Barrier(12, timeout=30), threading.Lock(), [0, 0]

    class Slow(Kept):
        def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> None:
            with lock:
                most[0] += 1
                most[1] = max(most)
            together.wait()
            with lock:
                most[0] -= 1

    for position in range(24):
        say("news", position=position)
    sending.send_waiting({"sms": Slow()}.get, now=NOW)

    assert set(states()) == {"SENT"}
    assert most == [0, 12]


@pytest.mark.django_db
def test_receipt_that_comes_late_brings_nothing_back_that_went_on(city: None) -> None:
    told(channel="mail sms")
    sending.send_waiting({"mail": Takes("mail"), "sms": Kept()}.get, now=NOW)
    receipts.take("mail", [Receipt("mail 1", PERMANENT)], now=NOW)
    onward.go_on(now=NOW)
    sending.send_waiting({"sms": Takes("sms")}.get, now=NOW)
    receipts.take("sms", [Receipt("sms 1", DELIVERED)], now=NOW)

    receipts.take("mail", [Receipt("mail 1", TEMPORARY)], now=NOW)
    Message.objects.filter(channel="mail").update(why="expired")
    assert onward.go_on(now=NOW) == 0
    assert queries.to_call("jiangyin", limit=9) == []
    assert states() == ["FAILED", "DELIVERED"]


class Takes(Kept):
    """Takes a message, of which a receipt will tell."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> Handed:
        return Handed(self.name, f"{self.name} 1", awaits=True)


class Slow(Kept):
    """Thinks for longer than the second message needs to become due."""

    def send(self, address: str, text: str, /, *, reference: str) -> None:
        time.sleep(0.05)
        super().send(address, text, reference=reference)


@pytest.mark.django_db
def test_what_is_told_while_a_job_sends_goes_in_the_same_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SENDERS", 1)
    told()
    say("closed", position=7, now=NOW + timedelta(milliseconds=20))
    carrier = Slow()

    assert sending.send_waiting({"sms": carrier}.get, now=NOW) == 2
    assert len(carrier.sent) == 2


@pytest.mark.django_db
def test_what_is_released_at_night_waits_for_the_morning(city: None) -> None:
    night = NOW.replace(hour=23)
    say("news", position=1, now=NOW)
    Message.objects.update(state="HELD")
    actions.release(STREAM, now=night)

    assert sending.send_waiting({"sms": Kept()}.get, now=night) == 0
    assert sending.send_waiting({"sms": Kept()}.get, now=NOW.replace(hour=8) + timedelta(days=1)) == 1


@pytest.mark.django_db
def test_what_failed_before_quiet_hours_is_tried_again_after_them(city: None) -> None:
    class Away(Kept):
        def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> None:
            raise SmsAway

    late = NOW.replace(hour=21, minute=59)
    say("news", position=1, now=late)
    sending.send_waiting({"sms": Away()}.get, now=late)

    assert Message.objects.get().next_at == NOW.replace(hour=8, minute=0) + timedelta(days=1)


@pytest.mark.django_db
def test_message_that_cannot_be_gone_on_with_holds_up_no_other(city: None, monkeypatch: pytest.MonkeyPatch) -> None:
    told(2)
    Message.objects.update(state="FAILED", after="NEXT")
    first = Message.objects.order_by("id")[0]
    Message.objects.filter(pk=first.pk).update(kind="broken")
    monkeypatch.setattr(toy_writer_ground, "undelivered", lambda message, **_: {"answered": True}[message.kind])

    onward.go_on(now=NOW)
    assert [stream for stream, *_ in queries.to_call("jiangyin", limit=9)] == [STREAM]
    assert Message.objects.get(pk=first.pk).next_at > NOW
