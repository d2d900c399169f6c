"""Readiness says what is true; addresses that nobody should have are no fault and no page. Clauses: JY-23.5."""

from __future__ import annotations

import re
import shutil
from typing import Any

import pytest
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import translation

from minsheng.core.people.models import Staff

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.django_db
def test_readyz_says_that_the_disk_is_full(client: Client, settings: Any) -> None:
    before = client.get("/readyz")
    settings.ROOM_NEEDED = shutil.disk_usage(settings.VAR).free + 2**40

    full = client.get("/readyz")

    assert (before.status_code, before.json()["disk"]) == (200, "ok")
    assert (full.status_code, full.json()["ready"], full.json()["disk"]) == (503, False, "full")


@pytest.mark.django_db(transaction=True)
def test_readyz_says_that_the_database_takes_nothing(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        answer = client.get("/readyz")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": "takes nothing"}


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", ["foo", "people:sign_in", "javascript:alert(1)", "//elsewhere.example", "", "a/b"])
def test_sign_in_leads_nowhere_but_to_a_path_of_our_own(town: Any, wanted: str) -> None:
    page = Client().get("/sign-in", {"next": wanted})
    inside = town.desk("seat").get("/sign-in", {"next": wanted})

    assert page.status_code == 200
    assert 'name="next" value="/"' in page.content.decode()
    assert (inside.status_code, inside["Location"]) == (302, "/")
    assert town.desk("seat").get("/sign-in", {"next": "/orders"})["Location"] == "/orders"


@pytest.mark.django_db
def test_the_page_of_components_is_there_in_a_demonstration_alone(client: Client, settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    real = client.get("/design")
    settings.DEMO = True

    assert real.status_code == 404
    assert client.get("/design").status_code == 200


@pytest.mark.parametrize("password", ["abc", "1234567890", "password123", "zhangsan_2026", "李小四李小四李小四李"])
def test_what_is_wrong_with_a_password_is_said_in_chinese(password: str) -> None:
    staff = Staff(username="zhangsan_2026", display_name="李小四李小四李小四李")

    with translation.override("zh-hans"):
        said = [sentence for each in get_default_password_validators() for sentence in _said(each, password, staff)]

    assert said
    for sentence in said:
        assert CHINESE.search(sentence), sentence
        assert not re.search(r"[A-Za-z]{3}", sentence), sentence


def _said(validator: Any, password: str, staff: Staff) -> list[str]:
    try:
        validator.validate(password, staff)
    except ValidationError as fault:
        return list(fault.messages)
    return []
