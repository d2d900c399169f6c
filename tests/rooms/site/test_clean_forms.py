"""Forms are cleaned where they enter: what documents can't hold, what shows nothing, how line ends count."""

from __future__ import annotations

from typing import Any

import pytest
from tests.town_ground import Town, send

from minsheng.cases.appeals.models import Appeal
from minsheng.core.drafts import texts

pytestmark = pytest.mark.django_db
UNIT = "城管局"


@pytest.fixture
def order(town: Town) -> str:
    """Return an order whose answer waits for its leader."""
    order = town.handled()
    more = {"channel": "phone", "kind": "final", "send_draft": "1"}
    assert send(town.desk(f"officer@{UNIT}"), order, "reply", text="路灯\x08已\x0b修复", **more).status_code == 302
    return order


def send_back(town: Town, order: str, remark: str) -> Any:
    """Send the draft back with the leader's remark."""
    return town.desk(f"leader@{UNIT}").post(f"/orders/{order}/draft/back", {"remark": remark}, follow=True)


def kept(order: str) -> texts.Text:
    """Return the draft as it is kept."""
    found = texts.of(f"order/{order}", unit=UNIT)
    assert found is not None
    return found


def test_what_no_document_can_hold_is_gone_before_it_is_kept(order: str) -> None:
    assert kept(order).text == "路灯已\n修复"


def test_a_remark_of_500_characters_is_kept_whole_however_its_lines_end(town: Town, order: str) -> None:
    # As a browser counts them: a line's end is one. It sends two.
    remark = "请改\r\n" * 166 + "日期"

    send_back(town, order, remark)

    assert len(kept(order).remark) == 500
    assert kept(order).remark.endswith("\n日期")


def test_a_longer_remark_is_refused_and_not_cut(town: Town, order: str) -> None:
    answer = send_back(town, order, "改" * 501)

    assert "不得超过 500 个字" in answer.content.decode()
    assert kept(order).remark == ""


@pytest.mark.parametrize("nothing", ["\u200b", "\u2060\ufeff", "\u3164\u2800", "\x08"])
def test_what_shows_nothing_is_nothing_at_a_desk(town: Town, order: str, nothing: str) -> None:
    answer = send_back(town, order, nothing)

    assert "请写明要修改的地方" in answer.content.decode()
    assert kept(order).remark == ""


def test_an_appeal_that_shows_nothing_is_not_registered(town: Town) -> None:
    typed = {"type": "help", "channel": "phone", "content": "\u200b\u2800", "publish": "yes", "appellant": "citizen"}

    answer = town.desk("seat").post("/orders/new", {"key": "6f9b1c1e-54a1-4d8b-9a8c-0a3f0f8f1a11", **typed})

    assert answer.status_code == 422
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("address", ["/roster?unit=%00", "/experts?field=%00", "/supervision/rows?what=open&unit=%00"])
def test_an_address_with_what_no_column_can_hold_is_no_fault(town: Town, address: str) -> None:
    assert town.desk("supervisor").get(address).status_code in (200, 404)
