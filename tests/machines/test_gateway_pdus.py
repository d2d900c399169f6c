"""Every PDU of a session of SMPP and of CMPP, as the dissectors of Wireshark read it.

The frames are those that were exchanged; `text2pcap` puts them into a capture, which needs no rights on an interface.
"""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
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
from tests.carriers_ground import Carrier, Frame, Ismg, Smsc

from minsheng.core.messages import gateway
from minsheng.core.messages.models import Binding
from minsheng.gateways import carriers
from minsheng.gateways.sms import SmsRefused

NOW = datetime.fromisoformat("2026-09-18T10:00:00+08:00")
PHONE = "19900001234"
LONG = "关于您反映的路灯不亮一事，" * 12 + "谢谢😀"
PORTS = {"smpp": 2775, "cmpp": 7890}
SMPP_COMMANDS = {
    0x4, 0x80000004, 0x5, 0x80000005, 0x6, 0x80000006, 0x9, 0x80000009, 0x15, 0x80000015, 0x3, 0x80000000,
}  # fmt: skip
CMPP_COMMANDS = {1, 0x80000001, 2, 0x80000002, 4, 0x80000004, 5, 0x80000005, 8, 0x80000008}
# Wireshark's dissector knows the bodies of 3.0 alone; of 2.0 it reads every header, and those that are the same.
SAME_IN_BOTH = {1, 2, 0x80000002, 8, 0x80000008}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tools() -> None:
    for name in ("tshark", "text2pcap"):
        if shutil.which(name) is None:
            pytest.fail(f"{name} is missing: run scripts/bootstrap.sh browser")


def session(carrier: Carrier, protocol: str, path: Path, settings: Any) -> None:
    """Have a session in which everything happens that the protocol has."""
    with ExitStack() as stack:
        file = gateway_ground.written(path, carrier.port, protocol=protocol, more="alive = 0.3")
        settings.SMS_FILE = str(file)
        take = lambda binding, came: None  # noqa: E731
        stack.enter_context(gateway_ground.gateway(file, now=lambda: NOW, take=take))
        until(lambda: Binding.objects.filter(is_bound=True).exists())
        found: Any = carriers.configured("sms", demonstration=False, file=str(file))
        throttled, refused = (carriers_of.THROTTLED, carriers_of.BAD_NUMBER) if isinstance(carrier, Smsc) else (8, 13)
        carrier.script = lambda number: {1: throttled, 2: refused}.get(number, "take")
        found.send(PHONE, "您好", reference="message 1")
        with pytest.raises(SmsRefused):
            found.send(PHONE, "您好", reference="message 2")
        found.send(PHONE, LONG, reference="message 3")
        sequences = happens(carrier)
        carrier.until(lambda: {*sequences} <= {*carrier.answered})
        carrier.until(lambda: any(each.ours and is_ping(carrier, each.content) for each in carrier.frames))
    with carrier.changed:
        carrier.changed.wait_for(lambda: is_bye(carrier, carrier.frames[-1].content), 5)


def happens(carrier: Carrier) -> list[int]:
    """Let the carrier deliver and ask all that it can; return the numbers that are answered one by one."""
    if isinstance(carrier, Smsc):
        carrier.say(carriers_of.made("enquire_link", 900))
        carrier.say(carriers_of.made("query_sm", 901, message_id="1", source_addr="1"))
        head = bytes((5, 0, 3, 1, 2, 1))
        return [
            carrier.receipt("1000", "DELIVRD", tlv="1000"),
            carrier.deliver(PHONE, "路灯坏了".encode("utf-16-be")),
            carrier.deliver(PHONE, head + "路灯坏了".encode("utf-16-be"), esm_class=0x40),
        ]
    assert isinstance(carrier, Ismg)
    carrier.say(carriers_of.framed(8, 900))
    return [
        carrier.receipt("7000000000000000000", "DELIVRD"),
        carrier.deliver(PHONE, "路灯坏了".encode("utf-16-be")),
        carrier.deliver(PHONE, "路灯坏了".encode("gbk"), format=15, id=6),
    ]


def is_ping(carrier: Carrier, content: bytes) -> bool:
    return content[4:8] == struct.pack(">I", 0x15 if isinstance(carrier, Smsc) else 8)


def is_bye(carrier: Carrier, content: bytes) -> bool:
    return content[4:8] == struct.pack(">I", 0x80000006 if isinstance(carrier, Smsc) else 0x80000002)


def until(condition: Any) -> None:
    for _ in range(600):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not happen")


def dissected(frames: list[Frame], protocol: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Give what the dissector says of each frame."""
    port, dump, capture = PORTS[protocol], folder / "frames.txt", folder / "frames.pcap"
    lines = []
    for each in frames:
        lines.append("O" if each.ours else "I")
        content = each.content
        lines += [f"{at:06x} {content[at : at + 16].hex(' ')}" for at in range(0, len(content), 16)]
        lines.append("")
    dump.write_text("\n".join(lines) + "\n", encoding="ascii")
    subprocess.run(["text2pcap", "-q", "-D", "-T", f"50000,{port}", dump, capture], check=True, capture_output=True)
    told = subprocess.run(
        ["tshark", "-r", capture, "-d", f"tcp.port=={port},{protocol}", "-T", "json"],
        check=True, capture_output=True, text=True, errors="replace",
    )  # fmt: skip
    for packet in json.loads(told.stdout):
        yield packet["_source"]["layers"]


def flat(layer: Any) -> dict[str, list[str]]:
    """Return every field of a layer by its name."""
    found: dict[str, list[str]] = {}
    for name, value in layer.items():
        if isinstance(value, dict):
            for inner, values in flat(value).items():
                found.setdefault(inner, []).extend(values)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                found.setdefault(name, []).append(each)
    return found


@pytest.mark.parametrize("protocol", ["smpp", "cmpp2", "cmpp3"])
def test_every_pdu_is_read_by_wireshark(
    protocol: str, tools: None, tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, secret in gateway_ground.SECRETS.items():
        monkeypatch.setenv(name, secret)
    monkeypatch.setattr(gateway, "_TURN", 0.05)
    made = Smsc() if protocol == "smpp" else Ismg(int(protocol[-1]))
    with carriers_of.running(made) as carrier:
        session(carrier, protocol, tmp_path / "sms.toml", settings)
        frames = [each for each in carrier.frames if len(each.content) >= 12]
    dialect = protocol[:4]
    layers = list(dissected(frames, dialect, tmp_path))

    assert len(layers) == len(frames)
    names = (
        ("smpp.command_id", "smpp.sequence_number") if dialect == "smpp" else ("cmpp.Command_Id", "cmpp.Sequence_Id")
    )
    said = set()
    for frame, layer in zip(frames, layers, strict=True):
        assert dialect in layer, frame
        fields = flat(layer[dialect])
        place = 12 if dialect == "smpp" else 8
        command, sequence = (struct.unpack(">I", frame.content[at : at + 4])[0] for at in (4, place))
        assert int(fields[names[0]][0], 0) == command
        assert int(fields[names[1]][0], 0) == sequence
        said.add(command)
        if protocol == "cmpp2" and command not in SAME_IN_BOTH:
            continue
        assert "_ws.malformed" not in layer, frame
        assert not any("_ws" in name or "malformed" in name.lower() for name in fields), (frame, fields)
        if frame.ours and command == 4:
            number = fields["smpp.destination_addr" if dialect == "smpp" else "cmpp.Dest_terminal_Id"]
            assert number[0].rstrip("\0") == PHONE
    assert said == (SMPP_COMMANDS if dialect == "smpp" else CMPP_COMMANDS)
    print(f"{protocol}: {len(frames)} frames read")
