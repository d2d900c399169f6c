"""The library of case studies and remedies for classes of orders, at the desks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, text_of, with_identity

from minsheng.cases.coordination.models import Meeting
from minsheng.cases.library.models import Remedy, Study
from minsheng.cases.orders.models import Order


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


def begin(town: Town, who: str, thing: str, command: str, /, **fields: str) -> str:
    answer = town.desk(who).post(f"/things/{thing}/new/{command}", {"key": str(uuid4()), **fields})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def do(town: Town, who: str, page: str, command: str, **fields: str) -> int:
    rows = Study.objects if "/study/" in page else Remedy.objects if "/remedy/" in page else Meeting.objects
    version = rows.get(pk=page.rstrip("/").rpartition("/")[2]).version
    given = {"key": str(uuid4()), "seen_version": str(version), **fields}
    return town.desk(who).post(f"{page}do/{command}", given).status_code


def coordinated(town: Town) -> tuple[str, str]:
    """Return a closed order, and the number of the meeting that was held about it."""
    order = town.replied()
    with_identity(town, order)
    when = town.now + timedelta(hours=1)
    begin(
        town,
        "office",
        "meeting",
        "call_meeting",
        when=when.isoformat(),
        units="城管局",
        question="由谁牵头",
        orders=order,
    )
    town.act(order, "auditor", "pass_audit")
    town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
    return Order.objects.get(pk=order).number, Meeting.objects.get().number


@pytest.mark.clause("AR-3.2")
def test_case_study_of_a_coordinated_order_is_read_and_found_by_the_whole_house_once_published(town: Town) -> None:
    number, meeting = coordinated(town)
    page = begin(
        town, "office", "study", "draft_study", title="地下通道积水", orders="", meeting=meeting,
        course="三个单位都不排水", lessons="先明确牵头单位",
    )  # fmt: skip

    assert Study.objects.get().state["orders"] == [Order.objects.get(number=number).pk]
    assert town.desk("officer@住建局").get(page).status_code == 404
    assert "地下通道积水" not in text_of(town.desk("seat").get("/things/study/"))
    assert do(town, "supervisor", page, "publish_study") == 302
    for reader in ("officer@住建局", "seat"):
        desk = town.desk(reader)
        assert "先明确牵头单位" in text_of(desk.get(page))
        assert "地下通道积水" in text_of(desk.get("/things/study/?q=不排水"))
    assert number in text_of(town.desk("office").get(page))
    assert number not in text_of(town.desk("officer@住建局").get(page))


def test_case_study_that_tells_who_complained_is_refused(town: Town) -> None:
    number, _ = coordinated(town)
    words = {"orders": number, "course": "张 三丰反映积水", "lessons": "先明确牵头"}
    answer = town.desk("office").post("/things/study/new/draft_study", {"key": str(uuid4()), "title": "积水", **words})

    assert answer.status_code == 422
    assert "内容中有诉求人的信息" in text_of(answer)
    assert not Study.objects.exists()


@pytest.mark.clause("AR-3.2")
def test_one_remedy_stands_for_its_orders_until_it_has_helped(town: Town) -> None:
    orders = [town.handled(), town.handled()]
    numbers = list(Order.objects.filter(pk__in=orders).values_list("number", flat=True))
    until = (town.now + timedelta(days=3)).isoformat()
    page = begin(
        town, "office", "remedy", "open_remedy", title="夜间照明", orders="\n".join(numbers), unit="城管局",
        text="逐盏排查，联系13812345678", by=until,
    )  # fmt: skip
    seen = text_of(town.desk("officer@城管局").get(page))

    assert set(Remedy.objects.get().state["orders"]) == set(orders)
    assert "逐盏排查" in seen
    assert "13812345678" not in seen
    assert town.desk("officer@住建局").get(page).status_code == 404
    third = town.handled()
    assert do(town, "office", page, "link_orders", orders=third) == 302
    assert do(town, "officer@城管局", page, "report_remedy", text="已换灯") == 302
    assert do(town, "office", page, "accept_remedy", look_in_days="30") == 302
    assert do(town, "office", page, "look_at_remedy", finding="helped", text="没有新的反映") == 302
    assert (Remedy.objects.get().status, len(Remedy.objects.get().state["orders"])) == ("DONE", 3)
