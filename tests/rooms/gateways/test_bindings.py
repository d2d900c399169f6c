"""Texts in parts, the codecs of SMPP and CMPP there and back, and what the file of providers says of a binding."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from tests import gateway_ground
from tests.carriers_ground import Ismg, framed, made
from tests.carriers_ground import read as read_pdu

from minsheng.gateways import sms_http
from minsheng.gateways.bindings import session, texts
from minsheng.gateways.bindings.cmpp import Cmpp
from minsheng.gateways.bindings.smpp import Smpp
from minsheng.gateways.bindings.values import (
    Answer,
    Binding,
    Garbage,
    Piece,
    Report,
    Text,
    Unreadable,
)

# A machine that others use is slow now and then.
steady = settings(deadline=None)
WORDS = some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=400)
PHONES = some.from_regex(r"1990000[0-9]{4}", fullmatch=True)
SEQUENCES = some.integers(1, 0x7FFFFFFF)
LINK = "https://12345.example.com/p/0123456789"


def binding(**more: Any) -> Binding:
    given: dict[str, Any] = {
        "name": "carrier", "protocol": "smpp", "host": "127.0.0.1", "port": 1, "account": "901234",
        "password": "geheim", "source": "1069", "gateways": (("127.0.0.1", 2),), "token": "t",
    }  # fmt: skip
    return Binding(**{**given, **more})


@steady
@given(WORDS)
def test_parts_are_the_text_and_none_is_too_long_or_ends_in_a_character(text: str) -> None:
    parts = texts.parts(text)

    assert "".join(parts) == text
    assert all(texts.units(each) <= (70 if len(parts) == 1 else 67) and each for each in parts)


@steady
@given(some.integers(0, 90), some.integers(0, 150))
def test_no_part_ends_within_a_link(before: int, after: int) -> None:
    parts = texts.parts("甲" * before + LINK + "乙" * after)

    assert any(LINK in each for each in parts)


def test_link_longer_than_a_part_is_cut() -> None:
    text = "https://12345.example.com/" + "a" * 300

    assert "".join(texts.parts(text)) == text


@steady
@given(WORDS, PHONES, SEQUENCES, some.booleans())
def test_submissions_of_smpp_are_read_by_another_codec(text: str, phone: str, sequence: int, payload: bool) -> None:
    dialect = Smpp(binding(payload=payload, service="CMT", prefix="86"))
    read = [read_pdu(dialect.submit(body, sequence)) for body in dialect.submissions(phone, text, reference=7)]

    assert {(each.sequence, each.destination_addr.decode(), each.service_type) for each in read} == {
        (sequence, f"86{phone}", b"CMT")
    }
    contents = [each.short_message or each.message_payload for each in read]
    headed = len(read) > 1
    assert [bool(each.esm_class & 0x40) for each in read] == [headed] * len(read)
    assert b"".join(each[6:] if headed else each for each in contents).decode("utf-16-be") == text


@steady
@given(WORDS, PHONES, SEQUENCES)
def test_texts_of_smpp_are_read_as_another_codec_wrote_them(text: str, phone: str, sequence: int) -> None:
    text = text[:60]
    head = bytes((6, 8, 4, 1, 2, 3, 2))
    for esm_class, content, piece in ((0, b"", None), (0x40, head, Piece(258, 3, 2))):
        pdu = made(
            "deliver_sm", sequence, service_type="", source_addr=phone, destination_addr="12345", esm_class=esm_class,
            schedule_delivery_time="", validity_period="", data_coding=8,
            short_message=content + text.encode("utf-16-be"),
        )  # fmt: skip
        heard = Smpp(binding()).read(pdu)

        assert isinstance(heard, Text)
        assert (heard.sequence, heard.phone, heard.text, heard.piece) == (sequence, phone, text, piece)
    assert read_pdu(Smpp(binding()).reply(heard)).sequence == sequence


@steady
@given(some.binary(max_size=200), SEQUENCES, some.sampled_from([4, 5, 6, 0x15, 0x80000004, 0x80000000, 0x80000005]))
def test_bytes_of_any_kind_raise_nothing_but_garbage(body: bytes, sequence: int, command: int) -> None:
    Smpp(binding()).read(struct.pack(">IIII", 16 + len(body), command, 0, sequence) + body)
    for protocol in ("cmpp2", "cmpp3"):
        for each in (4, 5, 8, 0x80000004, 0x80000005, 0x10):
            Cmpp(binding(protocol=protocol)).read(framed(each, sequence, body))
    with pytest.raises(Garbage):
        Smpp(binding()).read(struct.pack(">IIII", 16, 0x7777, 0, 1))


@pytest.mark.parametrize("version", [2, 3])
@steady
@given(text=WORDS, phone=PHONES, sequence=SEQUENCES, id=some.integers(0, 2**64 - 1))
def test_cmpp_goes_there_and_back(version: int, text: str, phone: str, sequence: int, id: int) -> None:
    ismg = Ismg.__new__(Ismg)
    ismg.version, ismg._asked, ismg.id_of = version, 0, str
    dialect = Cmpp(binding(protocol=f"cmpp{version}"))
    read = [ismg.read_submit(body) for body in dialect.submissions(phone, text, reference=9)]
    answer = dialect.read(framed(0x80000004, sequence, struct.pack(">Q", id) + ismg.result(0)))

    assert "".join(each.text for each in read) == text
    assert {each.phone for each in read} == {phone}
    assert answer == Answer(sequence, "taken", str(id))


@pytest.mark.parametrize("version", [2, 3])
@steady
@given(text=WORDS, phone=PHONES, id=some.integers(0, 2**64 - 1), stat=some.sampled_from(["DELIVRD", "MK:0005"]))
def test_deliveries_of_cmpp_are_read_as_another_codec_wrote_them(
    version: int, text: str, phone: str, id: int, stat: str
) -> None:
    ismg, said = Ismg.__new__(Ismg), list[bytes]()
    ismg.version, ismg.say = version, said.append  # type: ignore[method-assign, assignment]
    ismg.next_sequence = lambda: 11  # type: ignore[method-assign]
    ismg.deliver(phone, text[:60].encode("utf-16-be"), id=id)
    ismg.deliver(phone, bytes((5, 0, 3, 1, 2, 2)) + text[:60].encode("utf-16-be"), id=id, headed=True)
    ismg.receipt(str(id), stat)
    dialect = Cmpp(binding(protocol=f"cmpp{version}"))
    whole, part, report = (dialect.read(each) for each in said)

    assert isinstance(whole, Text)
    assert isinstance(part, Text)
    assert (whole.id, whole.phone, whole.text, whole.piece) == (str(id), phone, text[:60], None)
    assert (part.text, part.piece) == (text[:60], Piece(1, 2, 2))
    assert isinstance(report, Report)
    assert (report.id, report.state) == (str(id), stat)
    assert dialect.reply(whole) == framed(0x80000005, 11, struct.pack(">Q", id) + ismg.result(0))


def test_delivery_that_cannot_be_read_is_answered_so() -> None:
    heard = Smpp(binding()).read(struct.pack(">IIII", 18, 5, 0, 3) + b"ab")

    assert heard == Unreadable(3, 5)
    assert read_pdu(Smpp(binding()).reply(heard)).status == 0x65


def test_numbers_begin_anew_after_the_last() -> None:
    counted = session._around(3)

    assert [next(counted) for _ in range(5)] == [1, 2, 3, 1, 2]


def test_password_and_token_of_a_binding_are_never_shown() -> None:
    assert not any(each in repr(binding(token="t0ken")) for each in ("geheim", "t0ken"))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("", ""),
        ('protocol = "smgp"', "protocol"), ("speed = 1", "不认识的项 speed"), ('ids = "octal"', "ids"),
        ("window = 0", "window"), ("rate = 0", "rate"), ("alive = 0", "alive"), ('window = "x"', "写得不对"),
        ("words = {arrived = []}", "words"), ("dest_ton = 256", "dest_ton"), ('system_type = "0123456789abc"', "12"),
    ],
)  # fmt: skip
def test_file_says_what_is_wrong_with_a_binding(
    more: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, secret in gateway_ground.SECRETS.items():
        monkeypatch.setenv(name, secret)
    file = gateway_ground.written(tmp_path / "sms.toml", 2775, more=more)
    if more.startswith("protocol"):
        file.write_text(file.read_text(encoding="utf-8").replace('protocol = "smpp"\n', ""), encoding="utf-8")
    if not says:
        assert [each.name for each in sms_http.bindings_of(file)] == ["carrier"]
        return

    with pytest.raises(sms_http.SmsMisconfigured, match=says):
        sms_http.providers(file)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("listen = [", "heard = ["), "写得不对"), (("127.0.0.1:", "0.0.0.0:"), "内网"),
        (("127.0.0.1:", "8.8.8.8:"), "内网"),
        (('token = "SMS_GATEWAY_TOKEN"', 'token = ""'), "token"), (("SMS_PASSWORD", "NOT_SET"), "NOT_SET"),
        (('protocol = "smpp"', 'protocol = "cmpp2"\npayload = true'), "payload"),
        (('protocol = "smpp"\nhost', 'protocol = "cmpp3"\nhosts'), "host"),
        (('account = "901234"', 'account = "90123"'), ""),
        (('protocol = "smpp"\n', 'protocol = "cmpp2"\nsystem_type = ""\nprefix = "86"\n'), ""),
    ],
)  # fmt: skip
def test_file_says_what_is_wrong_with_the_gateway(
    change: tuple[str, str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, secret in gateway_ground.SECRETS.items():
        monkeypatch.setenv(name, secret)
    file = gateway_ground.written(tmp_path / "sms.toml", 2775)
    text = file.read_text(encoding="utf-8")
    assert change[0] in text
    file.write_text(text.replace(*change), encoding="utf-8")
    if not says:
        assert sms_http.bindings_of(file)
        return

    with pytest.raises(sms_http.SmsMisconfigured, match=says):
        sms_http.providers(file)
