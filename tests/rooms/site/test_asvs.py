"""What ASVS 5.0 wants of every answer and every request, whatever the feature: docs/asvs.md has the whole table."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client, RequestFactory

import minsheng
from minsheng.core.people import signin

if TYPE_CHECKING:
    from tests.town_ground import Town

ADDRESSES = (
    "/sign-in",
    "/portal/",
    "/no-such-page",
    "/livez",
    "/api/openapi.json",
    "/api/orders",
    "/static/site/site.css",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_v3_4_every_answer_bears_its_policy_and_stands_in_no_frame(town: Town, address: str) -> None:
    """V3.4.1, 3.4.3, 3.4.4, 3.4.6: HSTS for a year, a content policy, no sniffing, nobody's frame."""
    answer = Client().get(address, secure=True, headers={"Host": "localhost"})

    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    seconds = int(answer["Strict-Transport-Security"].removeprefix("max-age=").partition(";")[0])
    assert timedelta(seconds=seconds) >= timedelta(days=365)


def test_v3_3_cookies_are_bound_to_this_host_and_to_tls(town: Town) -> None:
    """V3.3.1, 3.3.3, 3.3.4."""
    browser = Client()
    town_desk = town.desk("seat")
    browser.get("/sign-in", secure=True)

    for cookie in (*browser.cookies.values(), *town_desk.cookies.values()):
        assert cookie.key.startswith("__Host-"), cookie.key
        assert (cookie["path"], cookie["domain"] or "") == ("/", "")
    given = browser.cookies.values()
    assert given
    assert all(cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in given)


def test_v3_5_nothing_is_done_by_looking(town: Town) -> None:
    """V3.5.3: what changes something is no GET; signing out is the smallest of them."""
    order = town.handled()
    desk = town.desk("officer@城管局")
    state = desk.get(f"/orders/{order}/").content.count(b"<form")

    looked = [desk.get(address).status_code for address in ("/sign-out", f"/orders/{order}/attachments/remove")]

    assert set(looked) <= {404, 405}
    assert desk.get(f"/orders/{order}/").content.count(b"<form") == state


@pytest.mark.parametrize(
    ("is_behind", "forwarded", "counted"),
    [
        (False, "9.9.9.9", "127.0.0.1"),  # nobody's proxy: the client wrote it
        (True, "9.9.9.9, 203.0.113.7", "203.0.113.7"),  # the last one is the proxy's own
        (True, "", "127.0.0.1"),
        (True, "no address", None),
    ],
)
def test_v4_1_addresses_that_a_client_writes_itself_do_not_count(
    settings: Any, is_behind: bool, forwarded: str, counted: str | None
) -> None:
    """V4.1.3."""
    settings.BEHIND_PROXY = is_behind
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded} if forwarded else {})

    assert signin.client_address(request) == counted


def test_v1_2_no_statement_is_made_of_what_somebody_typed() -> None:
    """V1.2.4: `raw` and `RawSQL` stand nowhere, `extra` with fixed words alone; ruff's S608 watches over the rest."""
    found = []
    for file in Path(minsheng.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name) and node.id == "RawSQL":
                found.append(f"{file.name}:{node.lineno}")
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            words = [each.value for each in node.keywords if each.arg in ("where", "select", "tables")]
            is_fixed = all(
                isinstance(leaf, ast.List | ast.Constant | ast.Load) for word in words for leaf in ast.walk(word)
            )
            if node.func.attr == "raw" or (node.func.attr == "extra" and not (words and is_fixed)):
                found.append(f"{file.name}:{node.lineno}")

    assert found == []
