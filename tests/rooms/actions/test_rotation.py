"""A retired key is let go: everything that it sealed is sealed anew, and nothing else is touched. Clauses: JY-8d."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from minsheng.app.cli import keys, main
from minsheng.core.people import actions, appellants, queries, rotation, vault, vault_keys
from minsheng.core.people.models import VaultKey
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.gateways.secrets_file import SecretsFault

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OLD, NEW = (base64.b64encode(bytes(range(first, first + 32))).decode() for first in (0, 1))
PHONE = "13812345678"


@pytest.fixture
def city(db: None, settings: Any) -> str:
    """Return a city with an appellant, a contact and a roster entry under the old key, which is then retired."""
    settings.VAULT_KEY, settings.VAULT_OLD_KEYS = OLD, []
    policies.open_city("suqian", name="宿迁", pack="suqian", actor=SYSTEM, now=NOW)
    actions.add_unit("suqian", name="城管局", joined_on=date(2020, 1, 1), actor=SYSTEM, now=NOW)
    appellants.keep_appellant(city="suqian", kind="citizen", name="张小民", phone=PHONE, now=NOW)
    held = {"name": "李工", "phone": "15912345678", "effective_on": NOW.date(), "filed_at": NOW}
    actions.set_contact("suqian", unit="城管局", post="经办人", **held, now=NOW)
    _put_on_duty("84350000")
    settings.VAULT_KEY, settings.VAULT_OLD_KEYS = NEW, [OLD]
    return "suqian"


def test_whatever_the_old_key_sealed_opens_without_it(city: str, settings: Any) -> None:
    done = rotation.rotate()

    settings.VAULT_OLD_KEYS = []
    assert done == rotation.Rotated(moved=3)
    assert rotation.rotate().moved == 0
    assert len(queries.find_appellant(city=city, phone=PHONE)) == 1
    assert [_opened(kind) for kind in ("contact", "roster")] == ["15912345678", "052784350000"]


def test_batches_leave_nothing_behind(city: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 1)
    for number in range(3):
        _put_on_duty(f"8435000{number}")  # under the new key

    assert rotation.rotate().moved == 3
    assert rotation.rotate().moved == 0


def test_a_lost_key_is_said_and_changes_nothing(
    city: str, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(keys.installation, "opened", _open)
    settings.VAULT_OLD_KEYS = []
    before = _sealed()

    status = main.main(["keys", "rotate"])

    assert status == 1
    assert "不在 MINSHENG_VAULT_OLD_KEYS 中" in capsys.readouterr().err
    assert _sealed() == before


def test_the_command_says_how_many_and_when_the_key_may_go(
    city: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(keys.installation, "opened", _open)

    assert main.main(["keys", "rotate"]) == 0
    assert "重新加密 3 条" in capsys.readouterr().out
    assert main.main(["keys", "rotate"]) == 0
    assert "重新加密 0 条" in capsys.readouterr().out


def _put_on_duty(phone: str) -> None:
    until = NOW + timedelta(days=1)
    actions.put_on_roster(
        "suqian", unit="城管局", person="值班", phone=phone, starts_at=NOW, ends_at=until, actor=SYSTEM, now=NOW
    )


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield


def _opened(kind: str) -> str:
    table = {"contact": "people_unitcontact", "roster": "people_roster"}[kind]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, phone_enc FROM {table}")
        ((key, sealed),) = cursor.fetchall()
    return vault.decrypt(bytes(sealed), owner=f"{kind}/{key}", field="phone")


def _sealed() -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT phone_enc FROM people_unitcontact UNION ALL SELECT phone_enc FROM people_roster"
            " UNION ALL SELECT phone_enc FROM people_appellant"
        )
        return [bytes(row[0]) for row in cursor.fetchall()]


def test_a_database_from_before_there_were_fingerprints_knows_its_keys_by_what_they_sealed(
    city: str, settings: Any
) -> None:
    vault_keys.hold()
    VaultKey.objects.all().delete()
    settings.VAULT_OLD_KEYS = []

    with pytest.raises(SecretsFault) as refused:
        vault_keys.hold()
    settings.VAULT_OLD_KEYS = [OLD]
    vault_keys.hold()

    assert refused.value.code == "KEYS_DO_NOT_FIT"
    assert VaultKey.objects.count() == 2


def test_a_key_that_still_seals_something_is_not_let_go(city: str) -> None:
    vault_keys.hold()
    VaultKey.objects.update(first_seen=NOW - timedelta(days=2))

    assert vault_keys.let_go() == []
    rotation.rotate()
    assert len(vault_keys.let_go()) == 1
    assert vault_keys.let_go() == []
