"""Where pages find the stream, and whose pages may read it."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings
from tests.town_ground import Town

from minsheng.cases.live import context, origins


@pytest.fixture(autouse=True)
def ports(settings: Settings) -> None:
    """Let the web and its streams have their usual ports, without TLS and without a proxy."""
    settings.ALLOWED_HOSTS = ["12345.example", "127.0.0.1", "[::1]", "testserver"]
    settings.PLAIN_HTTP, settings.BEHIND_PROXY = True, False
    settings.WEB_PORT, settings.LIVE_PORT, settings.LIVE_URL = 8000, 8001, ""
    settings.CSRF_TRUSTED_ORIGINS = []


@pytest.mark.parametrize(
    ("host", "address", "origin"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8001/live/stream", "http://127.0.0.1:8001"),
        ("12345.example", "http://12345.example:8001/live/stream", "http://12345.example:8001"),
        ("[::1]:8000", "http://[::1]:8001/live/stream", "http://[::1]:8001"),
    ],
)
def test_stream_is_on_the_same_host_and_its_own_port(host: str, address: str, origin: str) -> None:
    assert origins.address(host=host, scheme="http") == address
    assert context.origin(RequestFactory().get("/", headers={"Host": host})) == origin


def test_behind_a_proxy_the_stream_is_a_path(settings: Settings) -> None:
    settings.BEHIND_PROXY = True

    assert origins.address(host="12345.example", scheme="https") == "/live/stream"
    assert context.origin(RequestFactory().get("/", headers={"Host": "12345.example"})) == ""


def test_address_of_the_environment_wins(settings: Settings) -> None:
    settings.BEHIND_PROXY, settings.LIVE_URL = True, "https://12345.example:8443/live/stream"

    assert origins.address(host="12345.example", scheme="https") == "https://12345.example:8443/live/stream"
    assert context.origin(RequestFactory().get("/", headers={"Host": "12345.example"})) == "https://12345.example:8443"


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        # A browser within one origin names none.
        ({"host": "127.0.0.1:8001"}, True),
        ({"host": "127.0.0.1:8001", "sec-fetch-site": "same-origin"}, True),
        # The web's port of the same host, and the proxy's one origin.
        ({"host": "127.0.0.1:8001", "origin": "http://127.0.0.1:8000"}, True),
        ({"host": "12345.example", "origin": "http://12345.example"}, True),
        ({"host": "[::1]:8001", "origin": "http://[::1]:8000"}, True),
        # Another host, another port, another scheme, a frame without origin, a name that is not ours.
        ({"host": "127.0.0.1:8001", "origin": "http://12345.example:8000"}, False),
        ({"host": "127.0.0.1:8001", "origin": "http://127.0.0.1:8002"}, False),
        ({"host": "127.0.0.1:8001", "origin": "https://127.0.0.1:8000"}, False),
        ({"host": "127.0.0.1:8001", "origin": "null"}, False),
        ({"host": "127.0.0.1:8001", "sec-fetch-site": "cross-site"}, False),
        ({"host": "evil.example", "origin": "http://evil.example"}, False),
        ({}, False),
    ],
)
def test_only_our_own_pages_are_let_in(headers: dict[str, str], let_in: bool) -> None:
    assert origins.allowed(headers) is let_in


def test_origins_of_the_environment_are_let_in(settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://12345.example"]
    headers = {"host": "12345.example:8001", "origin": "https://12345.example"}

    assert origins.allowed(headers)
    assert (b"access-control-allow-origin", b"https://12345.example") in origins.shared_with(headers)


def test_request_for_a_host_that_is_not_ours_is_refused_with_a_policy(client: Client) -> None:
    answer = client.get("/livez", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "evil.example" not in answer.headers.get("Content-Security-Policy", "")


def test_base_template_is_told_only_for_people_at_desks(town: Town) -> None:
    dispatcher = town.desk("dispatcher").get("/").context["live"]
    officer = town.desk("officer@城管局").get("/").context["live"]
    admin = town.desk("admin").get("/").context["live"]

    assert dispatcher["person"] == f"{town.staff['dispatcher']}-dispatcher"
    assert (dispatcher["poll"], officer["poll"], admin) == (5, 60, None)
