"""Text messages through a session of CMPP 2.0 and 3.0, against a carrier with a codec of its own."""

from __future__ import annotations

import hashlib
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from tests import carriers_ground as carriers_of
from tests import gateway_ground
from tests.carriers_ground import Ismg
from tests.toy_rows_ground import FEATURE
from tests.toy_writer_ground import PHONE

from minsheng.core.messages import actions, gateway, tasks
from minsheng.core.messages.models import Binding, Message
from minsheng.core.messages.values import BESIDE, CITIZEN
from minsheng.gateways import carriers
from minsheng.gateways.sms import SmsAway, SmsRefused

NOW = datetime.fromisoformat("2026-09-18T10:00:00+08:00")
LONG = "关于您反映的路灯不亮一事，" * 12 + "谢谢😀"
pytestmark = pytest.mark.django_db(transaction=True)


class Ground:
    """A gateway with a session of CMPP, and what people sent through it."""

    def __init__(self, ismg: Ismg, file: Path) -> None:
        self.ismg, self.file, self.came = ismg, file, list[Any]()

    def until(self, condition: Any) -> None:
        for _ in range(600):
            if condition():
                return
            threading.Event().wait(0.05)
        raise AssertionError("it did not happen")

    def send(self, text: str = "您好", *, reference: str = "message 1") -> Any:
        carrier: Any = carriers.configured("sms", demonstration=False, file=str(self.file))
        return carrier.send(PHONE, text, reference=reference)


@pytest.fixture(params=[2, 3], ids=["cmpp2", "cmpp3"])
def ground(
    request: pytest.FixtureRequest, tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ground]:
    for name, secret in gateway_ground.SECRETS.items():
        monkeypatch.setenv(name, secret)
    monkeypatch.setattr(gateway, "_TURN", 0.05)
    settings.FEATURES = [*settings.FEATURES, FEATURE]
    with ExitStack() as stack:
        ismg = stack.enter_context(carriers_of.running(Ismg(request.param)))
        assert isinstance(ismg, Ismg)
        file = gateway_ground.written(
            tmp_path / "sms.toml", ismg.port, protocol=f"cmpp{request.param}", more='service = "HELP"\nalive = 0.3'
        )
        settings.SMS_FILE = str(file)
        made = Ground(ismg, file)
        take = lambda binding, came: made.came.append((binding.inbound, came))  # noqa: E731
        stack.enter_context(gateway_ground.gateway(file, now=lambda: NOW, take=take))
        made.until(lambda: Binding.objects.filter(is_bound=True).exists())
        yield made


def test_login_proves_that_it_knows_the_password(ground: Ground) -> None:
    body = ground.ismg.proofs[0]
    moment = struct.unpack(">I", body[23:27])[0]

    assert body[:6] == b"901234"
    assert body[6:22] == hashlib.md5(b"901234" + bytes(9) + b"geheim" + f"{moment:010d}".encode()).digest()
    assert (body[22], moment) == (ground.ismg.version << 4, 918100000)


def test_message_goes_out_and_its_receipt_says_that_it_arrived(ground: Ground) -> None:
    actions.tell("loan/1", [CITIZEN], city="jiangyin", kind="answered", params={}, position=1, place=BESIDE, now=NOW)
    tasks.send(NOW)

    (sent,) = ground.ismg.submitted
    assert (sent.phone, sent.head, sent.raw["format"], sent.raw["receipt"]) == (PHONE, None, b"\x08", b"\1")
    assert (sent.raw["service"].rstrip(b"\0"), sent.raw["source"].rstrip(b"\0")) == (b"HELP", b"1069012345")
    row = Message.objects.get()
    assert (row.state, row.provider_id) == ("SENT", "7000000000000000000")
    sequences = [ground.ismg.receipt(row.provider_id, "DELIVRD") for _ in range(2)]
    ground.ismg.until(lambda: {*sequences} <= {*ground.ismg.answered})
    assert {ground.ismg.answered[each] for each in sequences} == {0}
    assert Message.objects.get().state == "DELIVERED"


def test_long_text_goes_in_parts(ground: Ground) -> None:
    handed = ground.send(LONG)
    heads = [each.head for each in ground.ismg.submitted]

    assert "".join(each.text for each in ground.ismg.submitted) == LONG
    assert heads == [(1, len(heads), place) for place in range(1, len(heads) + 1)]
    assert handed.parts == len(heads) == 3


def test_results_refuse_postpone_and_throttle(ground: Ground) -> None:
    results = {0: 13, 1: 9, 2: 8}
    ground.ismg.script = lambda number: results.get(number, "take")
    with pytest.raises(SmsRefused):
        ground.send(reference="message 1")
    with pytest.raises(SmsAway):
        ground.send(reference="message 2")

    assert ground.send(reference="message 3").id == "7000000000000000003"
    assert len(ground.ismg.submitted) == 1


def test_what_somebody_sends_is_kept_once_for_each_id(ground: Ground) -> None:
    for format, codec in ((8, "utf-16-be"), (15, "gbk")):
        content = "路灯坏了".encode(codec)
        sequences = [ground.ismg.deliver("19900001111", content, format=format, id=60 + format) for _ in range(2)]
        ground.ismg.until(lambda sequences=sequences: {*sequences} <= {*ground.ismg.answered})  # type: ignore[misc]

    assert {(came.id, came.phone, came.text) for _, came in ground.came} == {
        ("68", "19900001111", "路灯坏了"),
        ("75", "19900001111", "路灯坏了"),
    }


def test_delivery_that_cannot_be_read_is_refused_and_the_session_stands(ground: Ground) -> None:
    sequence = ground.ismg.next_sequence()
    ground.ismg.say(carriers_of.framed(5, sequence, struct.pack(">Q", 5) + bytes(20)))
    ground.ismg.until(lambda: sequence in ground.ismg.answered)

    assert ground.ismg.answered[sequence] == 1
    assert ground.send().id == "7000000000000000000"
    assert ground.ismg.logins == 1


def test_line_is_asked_whether_it_stands_and_answers_the_same_question(ground: Ground) -> None:
    ground.ismg.say(carriers_of.framed(8, 77))

    def said(command: int) -> bool:
        return any(each.ours and each.content[4:8] == struct.pack(">I", command) for each in ground.ismg.frames)

    ground.ismg.until(lambda: said(8) and said(0x80000008))


def test_carrier_that_ends_the_session_is_gone_to_again(ground: Ground) -> None:
    ground.ismg.say(carriers_of.framed(2, 78))
    ground.ismg.until(lambda: ground.ismg.logins == 2)
    ground.ismg.say(carriers_of.framed(0x99, 79))
    ground.ismg.until(lambda: ground.ismg.logins == 3)
