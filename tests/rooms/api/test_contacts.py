"""Contacts of units through the API. Clauses: JY-3b, JY-3c."""

from __future__ import annotations

import pytest
from tests.calling_ground import City

from minsheng.core.ledger.models import Idempotency
from minsheng.core.people.models import UnitContact

CHANGE = {"post": "联系人", "effective": "2026-09-07", "name": "赵六", "phone": "13700000001"}


def test_a_change_is_announced_and_filed_in_time(jiangyin: City) -> None:
    announced = jiangyin.post("/contacts", CHANGE, by="officer@城管局")
    filed = jiangyin.post(f"/contacts/{announced.body['id']}/file", by="officer@城管局")

    assert (announced.status, announced.body["status"]) == (200, "PENDING")
    assert announced.body["due"] is not None
    assert "赵六" not in str(announced.body)
    assert (filed.body["status"], filed.body["late"]) == ("FILED", False)
    listed = jiangyin.get("/contacts", by="officer@城管局").body["items"]
    assert {each["post"] for each in listed} == {"经办人", "联系人"}


def test_the_same_key_announces_once(jiangyin: City) -> None:
    first = jiangyin.post("/contacts", CHANGE, by="officer@城管局", key="once")
    again = jiangyin.post("/contacts", CHANGE, by="officer@城管局", key="once")

    assert again.body == first.body
    assert again.headers["Idempotent-Replay"] == "true"
    assert UnitContact.objects.filter(post="联系人").count() == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"post": "司机"}, 422, "field_missing"),
        ({"name": " "}, 422, "field_missing"),
        ({"name": "a\0b"}, 422, "malformed"),
        ({"phone": "abc"}, 422, "bad_phone"),
        ({"effective": "2026-13-01"}, 422, "malformed"),
        ({"effective": "0001-01-01"}, 422, "malformed"),
        ({"effective": "9999-12-31"}, 422, "malformed"),
    ],
)
def test_a_bad_change_is_refused_and_changes_nothing(
    jiangyin: City, change: dict[str, str], status: int, code: str
) -> None:
    answer = jiangyin.post("/contacts", {**CHANGE, **change}, by="officer@城管局")

    assert (answer.status, answer.code) == (status, code)
    assert UnitContact.objects.filter(post="联系人").count() == 0
    assert Idempotency.objects.count() == 0


def test_nobody_else_may(jiangyin: City) -> None:
    announced = jiangyin.post("/contacts", CHANGE, by="officer@城管局").body["id"]

    outside = jiangyin.post("/contacts", CHANGE, by="dispatcher")
    other = jiangyin.post(f"/contacts/{announced}/file", by="officer@住建局")
    absent = jiangyin.post("/contacts/none/file", by="officer@城管局")

    assert (outside.status, outside.code) == (403, "not_your_role")
    assert other.status in (403, 404)
    assert absent.status == 404
    assert jiangyin.get("/contacts", by="dispatcher").status == 403
