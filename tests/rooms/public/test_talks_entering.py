"""From WeChat's menu into the portal: signed in where a telephone is bound, once a state, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client
from tests import talks_ground as talks
from tests.town_ground import Town
from tests.wechat_ground import APP, Follower, Platform

ENTER = "/portal/jiangyin/wechat/hotline"


@pytest.fixture
def town(
    db: None, test_clock: Callable[[datetime], None], tmp_path: Path, settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch, platform: Platform,
) -> Town:  # fmt: skip
    return talks.build(platform, tmp_path, settings=settings, environ=monkeypatch, set_clock=test_clock)


def sent(client: Client, onward: str = "") -> str:
    """Come by the menu; return the state with which WeChat would send the browser back."""
    answer = client.get(ENTER, {"next": onward} if onward else {})
    address = urlsplit(answer.headers["Location"])
    asked = parse_qs(address.query)
    assert (address.hostname, address.fragment) == ("open.weixin.qq.com", "wechat_redirect")
    assert (asked["appid"], asked["scope"]) == ([APP], ["snsapi_base"])
    assert asked["redirect_uri"][0].endswith(f"{ENTER}/return")
    return asked["state"][0]


def back(client: Client, state: str, code: str = "c0de") -> str:
    """Come back; return where one is sent."""
    return str(client.get(f"{ENTER}/return", {"state": state, "code": code}).headers["Location"])


@pytest.mark.clause("JY-2a")
def test_whoever_has_bound_a_telephone_is_signed_in(town: Town, follower: Follower, platform: Platform) -> None:
    talks.bound(town, follower, platform)
    client = Client()
    onward = "/portal/jiangyin/file"

    assert back(client, sent(client, onward)) == onward
    assert client.get("/portal/jiangyin/account").status_code == 200
    # Who is signed in goes on at once.
    assert client.get(ENTER, {"next": onward}).headers["Location"] == onward
    assert client.get(ENTER, {"next": "https://elsewhere.example"}).headers["Location"] == "/portal/jiangyin/mine"


def test_whoever_is_unknown_signs_in_by_a_code_and_is_told_how_to_bind(town: Town) -> None:
    client = Client()
    page = client.get(back(client, sent(client)))
    assert (page.status_code, "回复“绑定”" in page.content.decode()) == (200, True)
    assert client.get("/portal/jiangyin/account").status_code == 302


def test_a_return_is_good_once_and_for_the_browser_that_asked(
    town: Town, follower: Follower, platform: Platform
) -> None:
    talks.bound(town, follower, platform)
    first, other = Client(), Client()
    state = sent(first)

    assert "/sign-in" in back(other, state)
    assert "/sign-in" in back(first, "another")
    assert "/sign-in" in back(first, state), "a wrong return uses it up"
    assert "/sign-in" in back(first, sent(first), code="wrong")
    platform.script = lambda asked: (b"<html>", "text/html")
    assert "/sign-in" in back(first, sent(first))
    for each in (first, other):
        assert each.get("/portal/jiangyin/account").status_code == 302
    assert first.get("/portal/jiangyin/wechat/nobody").status_code == 404
