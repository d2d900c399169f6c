"""Text messages through a session of SMPP, against a carrier on another implementation's codec."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from tests import carriers_ground as carriers_of
from tests import gateway_ground
from tests.carriers_ground import Smsc
from tests.toy_rows_ground import FEATURE
from tests.toy_writer_ground import PHONE

from minsheng.core.features.values import BAD, GOOD
from minsheng.core.messages import actions, arrivals, checks, gateway, gauges, receipts, tasks
from minsheng.core.messages.models import Binding, Message, Part, Piece, Submission
from minsheng.core.messages.values import BESIDE, CITIZEN
from minsheng.gateways import carriers, sms_http
from minsheng.gateways.bindings import line
from minsheng.gateways.sms import SmsAway, SmsRefused

NOW = datetime.fromisoformat("2026-09-18T10:00:00+08:00")
LONG = "关于您反映的路灯不亮一事，" * 12 + "详情请看 https://12345.example.com/publication/suqian/20260918000123 谢谢😀"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    with carriers_of.running(Smsc()) as made:
        assert isinstance(made, Smsc)
        yield made


class Ground:
    """A gateway that can be started with settings of its own, and the platform's way to it."""

    def __init__(self, smsc: Smsc, path: Path, settings: Any, stack: ExitStack) -> None:
        self.smsc, self.path, self._settings, self.stack = smsc, path, settings, stack
        self.came: list[Any] = []

    def start(self, more: str = "", *, bound: bool = True, take: Any = None) -> None:
        file = gateway_ground.written(self.path, self.smsc.port, more=more)
        self.use(file)
        take = take or (lambda binding, came: self.came.append((binding.inbound, came)))
        self.stack.enter_context(gateway_ground.gateway(file, now=lambda: NOW, take=take))
        if bound:
            self.until_bound()

    def use(self, file: Path) -> None:
        self._settings.SMS_FILE = str(file)

    def tries(self, reference: str) -> bool:
        try:
            return bool(self.send(reference=reference))
        except SmsAway:
            return False

    def until_bound(self) -> None:
        self.until(lambda: Binding.objects.filter(is_bound=True).exists())

    def until(self, condition: Any) -> None:
        for _ in range(600):
            if condition():
                return
            threading.Event().wait(0.05)
        raise AssertionError("it did not happen")

    def send(self, text: str = "您好", *, reference: str = "message 1", phone: str = PHONE) -> Any:
        carrier: Any = carriers.configured("sms", demonstration=False, file=self._settings.SMS_FILE)
        return carrier.send(phone, text, reference=reference)


@pytest.fixture
def ground(smsc: Smsc, tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    for name, secret in gateway_ground.SECRETS.items():
        monkeypatch.setenv(name, secret)
    monkeypatch.setattr(gateway, "_TURN", 0.05)
    settings.FEATURES = [*settings.FEATURES, FEATURE]
    with ExitStack() as stack:
        yield Ground(smsc, tmp_path / "sms.toml", settings, stack)


def told(count: int = 1, *, since: int = 0) -> None:
    for position in range(since, since + count):
        actions.tell(
            "loan/1", [CITIZEN], city="jiangyin", kind="answered", params={}, position=position, place=BESIDE, now=NOW
        )


def closing(work: Any, *args: Any) -> None:
    """Do something in a thread, and leave no connection behind."""
    try:
        work(*args)
    finally:
        connection.close()


def only() -> Message:
    return Message.objects.get()


def test_message_goes_out_and_its_receipt_says_that_it_arrived(ground: Ground, smsc: Smsc) -> None:
    ground.start()
    told()
    tasks.send(NOW)

    (sent,) = smsc.submitted
    assert (sent.phone, sent.head, sent.raw.data_coding, sent.raw.registered_delivery) == (PHONE, None, 8, 1)
    assert sent.raw.source_addr == b"1069012345"
    assert (only().state, only().provider, only().provider_id, only().awaits) == ("SENT", "carrier", "1000", True)
    first, second = smsc.receipt("1000", "DELIVRD"), smsc.receipt("1000", "DELIVRD")
    smsc.until(lambda: {first, second} <= {*smsc.answered})
    assert (only().state, only().awaits, smsc.answered[first]) == ("DELIVERED", False, 0)


def test_long_text_goes_in_parts_and_has_arrived_once_all_have(ground: Ground, smsc: Smsc) -> None:
    ground.start()
    handed = ground.send(LONG)

    heads = [each.head for each in smsc.submitted]
    assert "".join(each.text for each in smsc.submitted) == LONG
    assert heads == [(1, len(heads), place) for place in range(1, len(heads) + 1)]
    assert any("https://12345.example.com/publication/suqian/20260918000123" in each.text for each in smsc.submitted)
    assert all(len(each.text.encode("utf-16-be")) <= 134 for each in smsc.submitted)
    assert (handed.id, handed.parts) == ("1000", len(heads))
    Message.objects.create(
        city="a", position=1, place=0, stream="loan/1", kind="answered", recipient=CITIZEN, state="SENT",
        next_at=NOW, sent_at=NOW, provider="carrier", provider_id="1000", awaits=True, attempts=1,
    )  # fmt: skip
    # In another order, the first part's last.
    for part in reversed(smsc.submitted):
        assert only().state == "SENT"
        sequence = smsc.receipt(part.id, "DELIVRD")
        smsc.until(lambda sequence=sequence: sequence in smsc.answered)  # type: ignore[misc]
    assert only().state == "DELIVERED"


def test_long_text_goes_whole_where_the_carrier_takes_a_payload(ground: Ground, smsc: Smsc) -> None:
    ground.start("payload = true")
    ground.send(LONG)

    (sent,) = smsc.submitted
    assert (sent.text, sent.raw.sm_length, sent.raw.esm_class) == (LONG, 0, 0)


@pytest.mark.parametrize(
    ("ids", "answered", "receipted"),
    [("same", "00Ab", "00Ab"), ("hex", "4096", "1000"), ("decimal", "1F", "31"), ("decimal", "000001f", "0031")],
)
def test_receipts_are_found_whichever_base_their_ids_have(
    ids: str, answered: str, receipted: str, ground: Ground, smsc: Smsc
) -> None:
    smsc.id_of = lambda number: answered
    ground.start(f'ids = "{ids}"')
    told()
    tasks.send(NOW)
    sequence = smsc.receipt(receipted, "DELIVRD")
    smsc.until(lambda: sequence in smsc.answered)

    assert only().state == "DELIVERED"


@pytest.mark.parametrize(
    ("stat", "state", "why"),
    [
        ("UNDELIV", "FAILED", "permanent"), ("REJECTD", "FAILED", "permanent"), ("EXPIRED", "WAITING", ""),
        ("MK:0005", "FAILED", "permanent"), ("ENROUTE", "SENT", ""), ("ODD", "SENT", ""),
    ],
)  # fmt: skip
def test_states_of_receipts_end_a_message_or_have_it_tried_again(
    stat: str, state: str, why: str, ground: Ground, smsc: Smsc
) -> None:
    ground.start('words = {permanent = ["MK:0005"]}')
    told()
    tasks.send(NOW)
    sequence = smsc.receipt("1000", stat)
    smsc.until(lambda: sequence in smsc.answered)

    assert (only().state, only().why) == (state, why)


def test_receipt_that_comes_before_the_answer_is_not_lost(ground: Ground, smsc: Smsc) -> None:
    ground.start()
    smsc.script = lambda number: "late"
    told()
    sender = threading.Thread(target=closing, args=(tasks.send, NOW))
    sender.start()
    smsc.until(lambda: bool(smsc.late))
    sequence = smsc.receipt("1000", "DELIVRD")
    smsc.until(lambda: sequence in smsc.answered)
    smsc.answer_late()
    sender.join(30)

    assert only().state == "DELIVERED"


def test_receipt_that_comes_hours_late_and_by_its_optional_parameter_is_taken(ground: Ground, smsc: Smsc) -> None:
    ground.start()
    told()
    tasks.send(NOW - timedelta(hours=30))
    Message.objects.update(next_at=NOW)
    tasks.send(NOW)
    sequence = smsc.deliver(
        "1069", b"no words of the standard", esm_class=4, data_coding=0, receipted_message_id="1000", message_state=2
    )
    smsc.until(lambda: sequence in smsc.answered)

    assert only().state == "DELIVERED"


def test_same_reference_is_submitted_once(ground: Ground, smsc: Smsc) -> None:
    ground.start()
    handed = [ground.send(reference="message 7") for _ in range(3)]
    other = ground.send(reference="message 7 1")

    assert {each.id for each in handed} == {"1000"}
    assert (other.id, len(smsc.submitted)) == ("1001", 2)


def test_two_that_hand_over_the_same_at_once_submit_it_once(ground: Ground, smsc: Smsc) -> None:
    ground.start()
    smsc.script = lambda number: "late"
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(ground.send(reference="code 1"))) for _ in range(3)]
    for each in threads:
        each.start()
    smsc.until(lambda: bool(smsc.late))
    smsc.answer_late()
    for each in threads:
        each.join(30)

    assert ([each.id for each in found], len(smsc.submitted)) == (["1000"] * 3, 1)


def test_no_more_are_unanswered_than_the_window_has(ground: Ground, smsc: Smsc) -> None:
    ground.start("window = 3")
    smsc.script = lambda number: "late"
    threads = [
        threading.Thread(target=lambda number=number: ground.send(reference=f"message {number}"))
        for number in range(10)
    ]
    for each in threads:
        each.start()
    while any(each.is_alive() for each in threads):
        smsc.until(lambda: bool(smsc.late) or not any(each.is_alive() for each in threads))
        assert len(smsc.late) <= 3
        smsc.answer_late()
        for each in threads:
            each.join(0.01)

    assert len(smsc.submitted) == 10


def test_number_that_is_none_is_refused_and_faults_are_tried_again(ground: Ground, smsc: Smsc) -> None:
    ground.start()
    answers = {0: carriers_of.BAD_NUMBER, 1: carriers_of.SYSTEM_ERROR, 2: 0x400}
    smsc.script = lambda number: answers.get(number, "take")
    with pytest.raises(SmsRefused):
        ground.send(reference="message 1")
    for reference in ("message 2", "message 3"):
        with pytest.raises(SmsAway):
            ground.send(reference=reference)
    assert ground.send(reference="message 2").id == "1003"


def test_throttling_makes_all_wait_and_nothing_is_lost_or_doubled(ground: Ground, smsc: Smsc) -> None:
    ground.start()
    smsc.script = lambda number: carriers_of.THROTTLED if number in (0, 1, 3) else "take"
    found = [ground.send(reference=f"message {number}").id for number in range(3)]

    assert len(set(found)) == len(smsc.submitted) == 3


@pytest.mark.parametrize("fault", ["cut", "half", "garbage"])
def test_line_that_breaks_is_made_anew_and_the_message_tried_again(fault: str, ground: Ground, smsc: Smsc) -> None:
    ground.start()
    smsc.script = lambda number: fault if number == 0 else "take"
    with pytest.raises(SmsAway):
        ground.send()
    smsc.until(lambda: smsc.logins == 2)
    ground.until(lambda: ground.tries("message 1"))
    assert ground.send().id == "1001"
    # The carrier may have had it: of a broken line nobody knows.
    assert len(smsc.submitted) == (1 if fault == "garbage" else 2)


def test_silent_carrier_is_left_and_an_answer_that_comes_later_counts(
    ground: Ground, smsc: Smsc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "ANSWER_WITHIN", 0.3)
    ground.start()
    smsc.script = lambda number: "late"
    with pytest.raises(SmsAway):
        ground.send()
    smsc.answer_late()
    smsc.until(lambda: True)
    ground.until(lambda: Submission.objects.exclude(provider_id="").exists())

    assert (ground.send().id, len(smsc.submitted)) == ("1000", 1)


def test_line_without_a_sound_is_ended(ground: Ground, smsc: Smsc, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = smsc.hear

    def deaf(line: Any, frame: bytes) -> None:
        if frame[4:8] != b"\0\0\0\x15" or smsc.logins > 1:
            heard(line, frame)

    monkeypatch.setattr(smsc, "hear", deaf)
    ground.start("alive = 0.2\nanswer_within = 0.5")

    smsc.until(lambda: smsc.logins == 2)


def test_delivery_is_answered_once_it_is_kept_and_comes_again_where_it_is_not(ground: Ground, smsc: Smsc) -> None:
    failed = threading.Event()

    def take(binding: Any, came: Any) -> None:
        if not failed.is_set():
            failed.set()
            raise RuntimeError(came.text)
        ground.came.append(came)

    ground.start(take=take)
    first = smsc.deliver("19900001111", "路灯坏了".encode("utf-16-be"))
    assert failed.wait(30)
    second = smsc.deliver("19900001111", "路灯坏了".encode("utf-16-be"))
    smsc.until(lambda: second in smsc.answered)

    assert first not in smsc.answered
    assert [(each.phone, each.text) for each in ground.came] == [("19900001111", "路灯坏了")]


def test_long_text_that_somebody_sent_is_put_together_in_any_order(ground: Ground, smsc: Smsc) -> None:
    ground.start()
    parts = ["昨天又有人摔倒，" * 8, "请抓紧。😀"]
    contents = [bytes((5, 0, 3, 9, 2, place)) + text.encode("utf-16-be") for place, text in enumerate(parts, start=1)]
    sequences = [smsc.deliver("19900001111", contents[place], esm_class=0x40) for place in (1, 1, 0, 1)]
    smsc.until(lambda: {*sequences} <= {*smsc.answered})

    assert [(city, came.text) for city, came in ground.came] == [("suqian", "".join(parts))]


def test_text_that_stays_incomplete_is_sealed_and_taken_as_it_is(ground: Ground, smsc: Smsc) -> None:
    ground.start()
    for place, words in ((1, "路灯坏了"), (3, "请抓紧")):
        sequence = smsc.deliver(
            "19900001111", bytes((5, 0, 3, 9, 3, place)) + words.encode("utf-16-be"), esm_class=0x40
        )
        smsc.until(lambda sequence=sequence: sequence in smsc.answered)  # type: ignore[misc]
    kept = [str(each) + bytes(each["sealed"]).decode("latin-1") for each in Piece.objects.values()]
    came: list[Any] = []

    assert len(kept) == 2
    assert not any(word in each for each in kept for word in ("19900001111", "路灯", "抓紧"))
    assert arrivals.overdue("carrier", take=came.append, now=NOW + timedelta(minutes=9)) == 0
    assert arrivals.overdue("carrier", take=came.append, now=NOW + timedelta(minutes=11)) == 1
    assert arrivals.overdue("carrier", take=came.append, now=NOW + timedelta(minutes=30)) == 0
    assert [(each.phone, each.text) for each in came] == [("19900001111", "路灯坏了…请抓紧")]
    tasks.reconcile(NOW + timedelta(days=40))
    assert not any(table.objects.exists() for table in (Piece, Part, Submission, Binding))


def test_carrier_that_does_not_let_us_in_is_asked_again_and_nothing_is_handed_over(ground: Ground, smsc: Smsc) -> None:
    smsc.lets_in = carriers_of.BAD_PASSWORD
    ground.start(bound=False)
    smsc.until(lambda: smsc.logins == 2)
    with pytest.raises(SmsAway):
        ground.send()
    smsc.lets_in = 0
    ground.until_bound()

    assert ground.send().id == "1000"


def test_process_without_the_token_hands_nothing_over(
    ground: Ground, smsc: Smsc, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ground.start()
    monkeypatch.setenv("OTHER_TOKEN", "other")
    other = tmp_path / "other.toml"
    other.write_text(ground.path.read_text(encoding="utf-8").replace("SMS_GATEWAY_TOKEN", "OTHER_TOKEN"))
    carrier: Any = carriers.configured("sms", demonstration=False, file=str(other))
    with pytest.raises(SmsAway):
        carrier.send(PHONE, "您好", reference="message 1")

    assert not smsc.submitted
    assert ground.send().id == "1000"


@pytest.mark.parametrize("said", [b"", b"{\n", b"[]\n", b'{"token": "t0ken"}\n', b'{"token": 1}\n', b"x" * 600_000])
def test_odd_callers_are_turned_away_and_others_served(said: bytes, ground: Ground, smsc: Smsc) -> None:
    ground.start()
    (address,) = sms_http.bindings_of(ground.path)[0].gateways
    with contextlib.suppress(OSError), socket.create_connection(address, timeout=10) as connection:
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""

    assert ground.send().id == "1000"


def test_file_that_changes_changes_the_sessions(ground: Ground, smsc: Smsc) -> None:
    ground.start()
    text = ground.path.read_text(encoding="utf-8")
    ground.path.write_text(text.replace('source = "1069012345"', 'source = "1069099999"'), encoding="utf-8")
    smsc.until(lambda: smsc.logins == 2)
    ground.until_bound()
    ground.until(lambda: ground.tries("message 1"))

    assert smsc.submitted[0].raw.source_addr == b"1069099999"


def test_binding_goes_to_another_process_when_its_own_ends(ground: Ground, smsc: Smsc) -> None:
    file = gateway_ground.written(ground.path, smsc.port, processes=2)
    ground.use(file)
    with gateway_ground.gateway(file, now=lambda: NOW, take=gateway_ground.nobody):
        ground.until_bound()
        first = ground.stack.enter_context(gateway_ground.gateway(file, now=lambda: NOW, take=gateway_ground.nobody))
        assert ground.send(reference="message 1").id == "1000"
        assert smsc.logins == 1
        assert not first._held
    smsc.until(lambda: smsc.logins == 2)
    ground.until(lambda: ground.tries("message 2"))

    assert [each.id for each in smsc.submitted] == ["1000", "1001"]


def test_doctor_and_measures_say_whether_a_binding_is_bound(ground: Ground, smsc: Smsc) -> None:
    reached: Any = connection.connection
    smsc.lets_in = carriers_of.BAD_PASSWORD
    ground.start(bound=False)
    smsc.until(lambda: smsc.logins == 1)
    ground.until(lambda: Binding.objects.exists())
    found = {each.what: each.level for each in checks.channels(connection.connection or reached, now=NOW)}
    assert found["短信通道“carrier”没有连上运营商"] == BAD
    smsc.lets_in = 0
    ground.until_bound()
    found = {each.what: each.level for each in checks.channels(connection.connection, now=NOW)}
    assert found["短信通道“carrier”已连上运营商"] == GOOD
    assert {each.name: each.value for each in gauges.gauges(NOW)}["minsheng_sms_bound"] == 1
    old = {each.what: each.level for each in checks.channels(connection.connection, now=NOW + timedelta(minutes=5))}
    assert old["短信通道“carrier”没有进程在连接"] == BAD
    assert {each.name: each.value for each in gauges.gauges(NOW + timedelta(minutes=5))}["minsheng_sms_bound"] == 0


def test_nothing_personal_is_logged(ground: Ground, smsc: Smsc, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    ground.start(take=lambda binding, came: (_ for _ in ()).throw(RuntimeError(came.text)))
    smsc.script = lambda number: carriers_of.SYSTEM_ERROR if number == 0 else "garbage"
    for _ in range(2):
        with pytest.raises(SmsAway):
            ground.send("绝密内容", phone="19900004321")
    smsc.until(lambda: smsc.logins == 2)
    ground.until_bound()
    smsc.deliver("19900001111", "路灯坏了".encode("utf-16-be"))
    smsc.deliver("19900001111", b"", esm_class=0x40)
    ground.until(lambda: "was not kept" in caplog.text)

    assert not any(each in caplog.text for each in ("绝密", "19900004321", "19900001111", "路灯"))
    assert not Part.objects.exists()


def test_receipt_that_comes_while_its_message_is_marked_is_not_lost(ground: Ground) -> None:
    told()
    row = only()
    row.state, row.provider, row.provider_id, row.awaits, row.sent_at = "SENT", "carrier", "5", True, NOW
    done = threading.Event()

    def tell() -> None:
        closing(tell_it)

    def tell_it() -> None:
        receipts.take("carrier", [receipts.Receipt("5", "delivered")], now=NOW)
        done.set()

    with transaction.atomic():
        receipts.alone_with("carrier", "5")
        other = threading.Thread(target=tell)
        other.start()
        assert not done.wait(0.5)
        row.save()
        receipts.early(row, now=NOW)
    other.join(30)

    assert only().state == "DELIVERED"
