"""An inquiry from outside at the desks: who asks is masked, the unit reads what it must answer, lateness is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, relayed

from minsheng.cases.inquiries.models import Inquiry
from minsheng.cases.notices.models import Notice
from minsheng.core.ledger import tasks


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


def received(town: Town, **changed: str) -> str:
    due = (town.now + timedelta(days=5)).isoformat()
    form = {"key": str(uuid4()), "organ": "media", "asker": "陆晓禾", "content": "采访夜间噪声", "due": due}
    answer = town.desk("office").post("/things/inquiry/new/receive_inquiry", {**form, "unit": "城管局", **changed})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_unit_reads_what_is_asked_and_not_who_asks(town: Town) -> None:
    inquiry = received(town)
    page = town.desk("officer@城管局").get(inquiry).content.decode()

    assert ("采访夜间噪声" in page, "陆晓禾" in page, "提供情况" in page) == (True, False, True)
    assert town.desk("officer@住建局").get(inquiry).status_code == 404
    assert "陆晓禾" not in str(Inquiry.objects.values().get())


def test_late_answer_is_told_and_breaks_no_rule(town: Town) -> None:
    received(town)
    town.later(days=6)

    tasks.sweep_once(town.now)
    relayed()

    kinds = list(
        Notice.objects.filter(stream__startswith="inquiry/").order_by("position").values_list("kind", flat=True)
    )
    assert kinds == ["inquiry_received", "inquiry_due", "inquiry_due", "overdue", "overdue"]
    assert Inquiry.objects.get().is_late is False


def test_unit_that_the_city_does_not_have_is_told(town: Town) -> None:
    form = {"key": str(uuid4()), "organ": "media", "asker": "日报", "content": "采访", "unit": "水务局"}
    form["due"] = (town.now + timedelta(days=5)).isoformat()

    answer = town.desk("office").post("/things/inquiry/new/receive_inquiry", form)

    assert (answer.status_code, "水务局" in answer.content.decode()) == (422, True)
    assert not Inquiry.objects.exists()
