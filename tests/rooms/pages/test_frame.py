"""The frame of every page: language, light and dark, density, the content policy, static files, components."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.town_ground import Town


def test_pages_speak_chinese_whatever_the_browser_would_like(town: Town) -> None:
    answer = town.desk("dispatcher").get("/", headers={"Accept-Language": "en-US,en;q=0.9"})

    assert answer["Content-Language"] == "zh-hans"
    assert "全部待办" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "value", "mark"),
    [
        ("theme", "dark", 'data-theme="dark"'),
        ("theme", "contrast", 'data-theme="contrast"'),
        ("density", "compact", 'data-density="compact"'),
        ("elder", "on", "data-elder"),
        ("language", "en", '<html lang="en"'),
    ],
)
def test_a_choice_is_kept_and_leads_back(client: Client, db: None, name: str, value: str, mark: str) -> None:
    answer = client.post("/preferences", {name: value, "next": "/sign-in"})
    page = client.get("/sign-in").content.decode()

    assert answer["Location"] == "/sign-in"
    assert answer.cookies[name]["httponly"]
    assert mark in page


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "///elsewhere.example",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "javascript:alert(1)",
        "http://testserver/sign-in",
        "foo",
        "?x",
        "#x",
        "",
    ],
)
def test_a_choice_never_leads_elsewhere(client: Client, db: None, wanted: str) -> None:
    assert client.post("/preferences", {"theme": "dark", "next": wanted})["Location"] == "/"


@pytest.mark.parametrize("wanted", ["/", "/sign-in?next=/", "/portal/jiangyin/cases?text=%E8%B7%AF", "/a//b", "/a:b"])
def test_a_path_of_our_own_is_followed_as_it_stands(client: Client, db: None, wanted: str) -> None:
    assert client.post("/preferences", {"theme": "dark", "next": wanted})["Location"] == wanted


@pytest.mark.parametrize("value", ["", "pink", "<script>", "zh"])
def test_an_unknown_choice_changes_nothing(client: Client, db: None, value: str) -> None:
    answer = client.post("/preferences", {"theme": value, "language": value})
    client.cookies["theme"] = value

    assert not {"theme", "language"} & set(answer.cookies)
    assert 'data-theme="auto"' in client.get("/sign-in").content.decode()


def test_every_script_bears_the_answers_own_nonce(town: Town) -> None:
    client = town.desk("seat")

    first, second = client.get("/"), client.get("/")
    policy = first["Content-Security-Policy"]
    nonces = set(re.findall(r'<script nonce="([^"]+)"', first.content.decode()))

    assert len(nonces) == 1
    assert f"script-src 'nonce-{nonces.pop()}'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert policy != second["Content-Security-Policy"]


def test_no_page_has_inline_script_style_or_handlers(town: Town) -> None:
    order = town.handled()
    pages = {
        "seat": ("/", "/orders/new", "/find"),
        "dispatcher": ("/", f"/orders/{order}/"),
        "officer@城管局": (f"/orders/{order}/", f"/orders/{order}/do/reply/", f"/orders/{order}/print"),
    }

    for name, paths in pages.items():
        for path in paths:
            page = town.desk(name).get(path).content.decode()
            assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", page), path


def test_htmx_is_served_by_ourselves(client: Client, db: None) -> None:
    answer = client.get("/static/django_htmx/htmx-2.min.js?v=1")

    assert answer.status_code == 200
    assert "javascript" in answer["Content-Type"]
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["../settings.py", "site/../../settings.py", "site", "nowhere.js", "%00"])
def test_nothing_else_is_served(client: Client, db: None, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_the_page_of_components_shows_each(client: Client, db: None, settings: Any) -> None:
    settings.DEMO = True
    page = client.get("/design").content.decode()

    for mark in ("light green", "light red", "timeline", "empty-state", "skeleton", "error-summary", "dialog", "toast"):
        assert mark in page
