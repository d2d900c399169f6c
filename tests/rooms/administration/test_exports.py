"""No list of the administration leaves as a file before who asks has confirmed who they are. Clause: GB/T 8.1.4.11."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from tests.town_ground import Town

from minsheng.core.ledger import queries as ledger
from minsheng.core.people import actions
from minsheng.core.people.signin import BEGAN
from minsheng.domain.actors import SYSTEM

PASSWORD = "Zhi-Ban-2026"
# Each list with a file, and how it is asked for.
LISTS = (
    ("/administration/staff", "post"),
    ("/administration/units", "get"),
    ("/administration/regions", "get"),
    ("/administration/places", "get"),
    ("/administration/clients", "get"),
    ("/administration/packs", "get"),
    ("/administration/messages", "get"),
    ("/administration/categories", "get"),
    ("/administration/operation", "get"),
    ("/snippets", "get"),
)


@pytest.fixture
def desk(town: Town, settings: Any) -> Client:
    """Return the administrator's browser, an hour after signing in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    actions.set_password(town.staff["admin"], password=PASSWORD, actor=SYSTEM, now=town.now)
    browser = town.desk("admin")
    session = browser.session
    session[BEGAN] = time.time() - 3_600
    session.save()
    return browser


@pytest.mark.parametrize(("address", "method"), LISTS)
def test_a_list_is_given_once_who_asks_has_confirmed(town: Town, desk: Client, address: str, method: str) -> None:
    first = getattr(desk, method)(address, {"export": "csv"})
    nothing = ledger.history(f"administration/{town.code}")

    if method == "get":
        assert first.status_code == 302
        assert first["Location"].startswith("/confirm?next=")
        confirmed = desk.post(first["Location"], {"confirm-password": PASSWORD, "confirm-sent": "1"})
        assert confirmed.status_code == 302, confirmed.content.decode()
        given = desk.get(confirmed["Location"])
    else:
        sent = {"export": "csv", "confirm-password": PASSWORD, "confirm-sent": "1"}
        given = desk.post(address, sent)

    assert "attachment" not in first.get("Content-Disposition", "")
    assert nothing == []
    assert given["Content-Disposition"].startswith("attachment")
    assert [each.type for each in ledger.history(f"administration/{town.code}")] == ["ListExported"]


def test_every_list_with_a_file_is_in_this_table() -> None:
    """A list that is given as a file without standing here fails."""
    from pathlib import Path

    import minsheng

    desks = Path(minsheng.__file__).parent / "desks"
    given = [path for path in desks.rglob("pages/*.py") if "listing.exported(" in path.read_text(encoding="utf-8")]
    given += [path for path in desks.glob("*/pages.py") if "listing.exported(" in path.read_text(encoding="utf-8")]
    calls = sum(path.read_text(encoding="utf-8").count("listing.exported(") for path in given)

    assert calls == len(LISTS)
