"""A fourth city, whose rules differ wherever a pack can say so: what its stories (packs/example) can't show."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.packing_ground import rules_of

from minsheng import wording
from minsheng.domain import kinds, notices
from minsheng.domain.actors import Actor
from minsheng.domain.facts import Notice
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.case import Facts
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.fields import Malformed
from minsheng.domain.orders.order import Order, UnitFacts
from minsheng.domain.rejected import Rejected
from minsheng.gateways import packfiles
from minsheng.wording.accountability import ACCOUNTABILITY_NOTICES
from minsheng.wording.checks import CHECK_NOTICES
from minsheng.wording.forum import FORUM_NOTICES
from minsheng.wording.knowledge import KNOWLEDGE_NOTICES
from minsheng.wording.reports import REPORT_NOTICES
from minsheng.wording.security import SECURITY_NOTICES
from minsheng.wording.sentences import NOTICES
from minsheng.wording.telephony import TELEPHONY_NOTICES

NOON = datetime(2026, 10, 12, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
EXAMPLE, JIANGYIN = rules_of("example"), rules_of("jiangyin")


def reminded(rules: object) -> list[str]:
    order = Order("o1", status="HANDLING", lead="城管局", responsible_unit="城管局")
    done = decide(order, cmd.Remind(text="请办"), by=Actor("office"), rules=rules, facts=Facts(), now=NOON)  # type: ignore[arg-type]
    return [str(each) for fact in done.facts for each in fact.notices]


def test_notice_that_the_city_does_not_send_is_not_sent() -> None:
    assert any(each.startswith("reminded>") for each in reminded(JIANGYIN))
    assert reminded(EXAMPLE) == []


def test_notice_speaks_in_the_words_of_the_city() -> None:
    notice = Notice("dispatched", "officer@城管局")

    assert wording.say(notice, EXAMPLE) == "示例市热线中心交来一件工单，请按时签收。"
    assert wording.say(notice, JIANGYIN) == wording.say(notice)


def test_every_kind_of_notice_has_words_and_may_be_named_by_a_pack() -> None:
    beside = {
        *REPORT_NOTICES, *SECURITY_NOTICES, *ACCOUNTABILITY_NOTICES, *CHECK_NOTICES, *KNOWLEDGE_NOTICES, *FORUM_NOTICES,
        *TELEPHONY_NOTICES,
    }  # fmt: skip
    of_orders = set(NOTICES) - beside - {
        "followed", "contact_change", "openings_burst", "desk_uncovered", "expert_term_ends",
    }  # fmt: skip

    assert set(notices.KINDS) == of_orders
    assert notices.OWED < notices.KINDS


def test_ground_and_exception_of_the_city_are_shown_in_its_words() -> None:
    assert wording.label_of_code("X1", EXAMPLE) == "商业推广"
    assert wording.label_of_code("R1", EXAMPLE) == "不在示例市管辖范围"
    assert wording.label_of_code("R1", JIANGYIN) == "不在本市管辖范围"
    assert wording.label_of_exception(5, EXAMPLE) == "涉及未成年人的"
    assert wording.label_of_exception(2, JIANGYIN) == "诉求人不同意公开的"
    assert wording.label_of_exception(2, None) == "诉求人不同意公开的"


@pytest.mark.parametrize(
    ("name", "values", "key"),
    [
        ("register", {"type": "praise"}, "type"),
        ("reject", {"code": "R77"}, "code"),
        ("rate", {"satisfied": "great"}, "satisfied"),
    ],
)
def test_code_that_is_neither_the_platforms_nor_a_citys_own_is_malformed(
    name: str, values: dict[str, object], key: str
) -> None:
    with pytest.raises(Malformed) as refused:
        cmd.build(name, values, zone=NOON.tzinfo)
    assert refused.value.key == key


def test_part_is_not_linked_to_its_whole() -> None:
    whole = Order("o1", status="DISPATCHED", children=("o1.1", "o1.2"), matter="m")
    part = Order("o1.2", status="SUBMITTED", parent="o1", matter="m")

    with pytest.raises(Rejected, match="not_found"):
        decide(part, cmd.Link(to="o1"), by=Actor("dispatcher"), rules=JIANGYIN, facts=Facts(target=whole), now=NOON)


def test_pack_writes_itself_as_it_was_read() -> None:
    pack = next(each for each in packfiles.shipped_packs() if each.id == "example")

    for attribute, entry in pack.entries.items():
        assert kinds.written(entry.value), attribute
    words = pack.entries["notices_also"].value
    assert kinds.written(words) == "supervision head、no_roster duty_leader"
    assert kinds.plain(words) == {"supervision": ["head"], "no_roster": ["duty_leader"]}


@pytest.mark.parametrize(
    ("channels", "online", "filed"),
    [
        ({"phone": "电话", "web": "网站"}, ["web"], "web"),
        ({"phone": "电话", "douyin": "抖音"}, ["douyin"], "douyin"),
        ({"phone": "电话"}, [], "web"),
    ],
)
def test_page_files_by_the_first_online_channel_that_the_city_has(
    channels: dict[str, str], online: list[str], filed: str
) -> None:
    rules = rules_of(
        "example",
        channels=channels,
        online_channels=online,
        channel_sources={"phone": "phone"},
        handle_limit={"by_channel": "none"},
    )

    assert rules.web_channel == filed


def test_unit_that_the_city_does_not_have_is_not_complained_about() -> None:
    form = cmd.Register(type="complaint", channel="phone", target_unit="没有的单位")

    with pytest.raises(Rejected, match="unit_unknown"):
        decide(Order("o1"), form, by=Actor("seat"), rules=JIANGYIN, facts=Facts(), now=NOON)


def test_order_without_a_category_is_not_dispatched_where_the_city_wants_one() -> None:
    order = Order("o1", status="SUBMITTED", type="help", channel="phone")
    facts = Facts(units={"城管局": UnitFacts("城管局")}, category="")

    with pytest.raises(Rejected, match="field_missing"):
        decide(order, cmd.Dispatch(unit="城管局", basis="清单"), by=Actor("dispatcher"), rules=rules_of("suzhou"),
               facts=facts, now=NOON)  # fmt: skip
    done = decide(order, cmd.Dispatch(unit="城管局", basis="清单"), by=Actor("dispatcher"), rules=JIANGYIN,
                  facts=facts, now=NOON)  # fmt: skip
    assert done.orders["o1"].status == "DISPATCHED"
