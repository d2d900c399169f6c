"""Pages of the administration and of handbooks as pa11y sees them (WCAG 2 AA), beside axe."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import httpx
import pytest
from pytest_django.live_server_helper import LiveServer
from tests import peers
from tests.browser_ground import CHROMIUM
from tests.town_ground import Town

ADMINISTRATION = (
    "staff", "staff/new", "units", "units/new", "regions", "places", "clients", "clients/new", "calendars", "packs",
    "packs/coming", "messages", "messages/answered", "categories", "cities", "operation", "import/staff",
)  # fmt: skip
PAGES = {
    "admin": (*(f"/administration/{page}" for page in ADMINISTRATION), "/snippets", "/help", "/help/admin"),
    "seat": ("/orders/new", "/knowledge/find", "/snippets", "/help/seat"),
}


@pytest.mark.parametrize("who", PAGES)
def test_pa11y_has_nothing_against_a_page_of_a_desk(
    server_as_it_runs: None, live_server: LiveServer, town: Town, who: str, settings: Any
) -> None:
    session = town.desk(who).cookies[settings.SESSION_COOKIE_NAME].value
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; theme=light"
    # What pa11y is led to is the page, not the way to the sign-in.
    for page in PAGES[who]:
        assert httpx.get(f"{live_server.url}{page}", headers={"Cookie": cookies}).status_code == 200, page
    asked = {
        "addresses": [f"{live_server.url}{page}" for page in PAGES[who]],
        "cookies": cookies,
        "chromium": str(CHROMIUM),
    }

    done = subprocess.run(
        [*peers.node(), str(peers.FOLDER / "look.mjs"), json.dumps(asked)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
