"""`minsheng switch config`, what it refuses, and the file that names switches."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from minsheng.app.cli import calls, main, switch
from minsheng.core.people import actions
from minsheng.core.people.models import Staff
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.gateways.switch import named
from minsheng.gateways.switch.ari import AriSwitch
from minsheng.gateways.switch.esl import EslSwitch
from minsheng.gateways.switch.named import SwitchMisconfigured

NOW = datetime.fromisoformat("2026-09-18T16:00:00+08:00")
FILE = """
[[switch]]
kind = "ari"
city = "suqian"
url = "http://127.0.0.1:8088"
user = "minsheng"
password = "OF_THE_SWITCH"
app = "minsheng-suqian"
trunk = "telecom"
prompts = "/var/lib/minsheng/prompts"
"""


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield


@pytest.fixture
def city(db: None, monkeypatch: pytest.MonkeyPatch, test_clock: Callable[[datetime], None]) -> None:
    monkeypatch.setattr(switch.installation, "opened", _open)
    test_clock(NOW)
    policies.open_city("suqian", name="宿迁", pack="suqian", actor=SYSTEM, now=NOW)
    actions.add_staff(
        "suqian", username="seat-1", display_name="座席一", password=None, roles=["seat"], actor=SYSTEM, now=NOW
    )


def config(out: Path, *more: str, city: str = "suqian") -> int:
    trunk = "telecom=sip.example.com,192.0.2.1,192.0.2.0/29"
    words = ("config", "--kind", "asterisk", "--city", city, "--out", str(out), "--trunk", trunk, *more)
    return main.main(["switch", *words])


def test_configuration_has_trunk_phones_fallback_and_what_the_platform_needs(
    city: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    etc = tmp_path / "etc"
    assert config(etc, "--phone", "desk-1", "--browser") == 0

    phone = f"staff-{Staff.objects.get().pk}"
    with (etc / "phones.csv").open(encoding="utf-8") as file:
        passwords = dict(csv.reader(file))
    assert set(passwords) == {"话机", phone, "desk-1", "platform"}
    assert not any(each in capsys.readouterr().out for each in passwords.values() if each != "密码")
    pjsip = (etc / "pjsip.conf").read_text()
    assert f"password={passwords[phone]}" in pjsip
    assert all(each in pjsip for each in ("contact=sip:sip.example.com", "match=192.0.2.0/29", "webrtc=yes"))
    assert f"member => PJSIP/{phone}" in (etc / "queues.conf").read_text()
    assert "autoload=no" in (etc / "modules.conf").read_text()
    assert {each.stat().st_mode & 0o007 for each in etc.iterdir()} == {0}
    with (etc / "prompts.csv").open(encoding="utf-8") as file:
        prompts = dict(csv.reader(file))
    assert {"greeting.wav", "callback_offer.wav", "fallback.wav"} <= set(prompts)

    (known,) = named.switches(etc / "platform.toml", environment={"MINSHENG_SWITCH_PASSWORD": passwords["platform"]})
    assert (known.city, known.trunk, known.app) == ("suqian", "telecom", "minsheng-suqian")
    assert isinstance(named.switch_of(known), AriSwitch)
    assert passwords["platform"] not in repr(known)

    assert config(etc) == 0
    with (etc / "phones.csv").open(encoding="utf-8") as file:
        again = dict(csv.reader(file))
    assert (again[phone], "desk-1" in again) == (passwords[phone], False)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--encrypted",), "需要证书"),
        (("--certificate", "/a"), "同时给出"),
        (("--phone", "Desk 1\n[x]"), "小写字母开头"),
        (("--phone", "telecom"), "不能重复"),
        (("--listen", "0.0.0.0\nx"), "监听地址"),
        (("--prompts", "relative"), "绝对路径"),
        (("--media", "5000", "5001"), "至少 4 个"),
        (("--trunk", "other=host name,192.0.2.1"), "地址不能使用"),
        (("--trunk", "other=host"), "地址不能使用"),
    ],
)
def test_what_would_not_stand_in_a_configuration_is_refused_and_nothing_written(
    more: tuple[str, ...], said: str, city: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert config(tmp_path / "out", *more) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_configuration_of_freeswitch_is_one_document_that_parks_calls_for_the_platform(
    city: None, tmp_path: Path
) -> None:
    trunk = "telecom=sip.example.com,192.0.2.1,192.0.2.0/29"
    words = ("--kind", "freeswitch", "--city", "suqian", "--out", str(tmp_path / "etc"), "--trunk", trunk)
    more = ("--browser", "--encrypted", "--certificate", "/tls/agent.pem", "--key", "/tls/agent.pem")
    assert main.main(["switch", "config", *words, *more]) == 0

    document = ElementTree.parse(tmp_path / "etc" / "freeswitch.xml")
    actions = [(each.get("application"), each.get("data")) for each in document.iter("action")]
    assert ("set", "minsheng_app=minsheng-suqian") in actions
    assert ("sched_transfer", "+6 fallback XML platform") in actions
    phone = f"staff-{Staff.objects.get().pk}"
    assert ("bridge", f"[leg_timeout=15]user/{phone}@minsheng") in actions
    (user,) = document.iter("user")
    with (tmp_path / "etc" / "phones.csv").open(encoding="utf-8") as file:
        passwords = dict(csv.reader(file))
    assert (user.get("id"), [each.get("value") for each in user.iter("param")]) == (phone, [passwords[phone]])
    assert {each.get("cidr") for each in document.iter("node")} == {"192.0.2.1/32", "192.0.2.0/29"}
    params = {each.get("name"): each.get("value") for each in document.iter("param")}
    assert (params["listen-ip"], params["tls-cert-dir"], params["register-transport"]) == ("127.0.0.1", "/tls", "tls")
    environment = {"MINSHENG_SWITCH_PASSWORD": passwords["platform"]}
    (known,) = named.switches(tmp_path / "etc" / "platform.toml", environment=environment)
    assert (known.kind, isinstance(named.switch_of(known), EslSwitch)) == ("esl", True)


def test_city_that_is_not_there_has_no_switch(city: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert config(tmp_path / "out", city="nowhere") == 1
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[[switch]]", "[[other]]"), "没有 [[switch]]"),
        (("kind", "kinds"), "应写明"),
        (('"ari"', '"pbx"'), "kind"),
        (('"OF_THE_SWITCH"', '"NOT_SET"'), "NOT_SET"),
        (("http://127.0.0.1:8088", "tcp://127.0.0.1"), "url"),
        (('"telecom"', '"Tele com"'), "app、trunk"),
        (("[[switch]]", "[[switch"), "TOML"),
    ],
)
def test_file_of_switches_that_cannot_be_used_says_why(
    change: tuple[str, str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "switch.toml"
    file.write_text(FILE.replace(*change))
    with pytest.raises(SwitchMisconfigured, match=said.replace("[", r"\[")):
        named.switches(file, environment={"OF_THE_SWITCH": "p" * 20})
    monkeypatch.setenv("MINSHENG_SWITCH_FILE", str(file))
    monkeypatch.setattr(calls.installation, "opened", _open)
    assert (calls.is_wanted(), main.main(["calls"])) == (True, 1)
    assert "MINSHENG_SWITCH_FILE" in capsys.readouterr().err


def test_one_city_has_one_switch(tmp_path: Path) -> None:
    (tmp_path / "switch.toml").write_text(FILE + FILE)
    with pytest.raises(SwitchMisconfigured, match="一台"):
        named.switches(tmp_path / "switch.toml", environment={"OF_THE_SWITCH": "p" * 20})
    assert named.switches(None) == ()
