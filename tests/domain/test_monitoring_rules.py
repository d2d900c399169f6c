"""The rules of electronic monitoring that a pack writes: read, shown again, and refused where nonsense."""

from __future__ import annotations

from typing import Any

import pytest
from tests.packing_ground import PLAIN, rules_of

from minsheng.domain import kinds, monitoring_rules, packs
from minsheng.domain.faults import Faulty
from minsheng.domain.monitoring_rule import MonitoringRule

RULE = {"title": "推诿扯皮", "clause": "JY-20.3", "how": "by_hand"}


def made(**more: Any) -> dict[str, Any]:
    return {**RULE, **{name: cell for name, cell in more.items() if cell is not None}}


def test_a_city_without_rules_is_not_monitored() -> None:
    assert dict(monitoring_rules.read(None)) == dict(monitoring_rules.read("none")) == {}


@pytest.mark.parametrize(
    ("city", "codes"),
    [
        (
            "jiangyin",
            ["V1a", "V1b", "V1c", "V2a", "V2b", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "V11", "V12", "V13"],
        ),
        ("suzhou", ["43.1", "43.2", "43.3", "43.4", "43.5", "43.6", "43.7"]),
        ("suqian", ["23.a", "23.b", "23.c", "23.d", "23.e"]),
    ],
)
def test_each_city_has_the_rules_of_its_document(city: str, codes: list[str]) -> None:
    assert list(rules_of(city).monitoring_rules) == codes


def test_a_rule_is_written_again_as_it_was_read() -> None:
    plain = PLAIN["jiangyin"]["monitoring"]["rules"]["value"]

    rules = monitoring_rules.read(plain)

    assert kinds.plain(rules) == plain
    assert dict(monitoring_rules.read(rules)) == dict(rules)
    assert kinds.written(rules["V2a"]).endswith("（自动产生：late_sign，count_window 满 late_sign_threshold）")
    assert kinds.written({"V3": rules["V3"]}) == "V3 推诿扯皮、敷衍拖延（人工登记）"


def test_what_exists_for_fewer_than_all_is_hidden() -> None:
    rules = rules_of("jiangyin").monitoring_rules

    assert [code for code, rule in rules.items() if rule.is_hidden] == ["V10", "V11"]
    assert isinstance(rules["V10"], MonitoringRule)


@pytest.mark.parametrize(
    ("plain", "reason"),
    [
        (3, "应为“编号 = 规则”的表"),
        ({"第三条": RULE}, "编号“第三条”应由字母、数字和点组成"),
        ({"V3": "推诿"}, "V3：应为一条规则的表"),
        ({"V3": made(shade="red")}, "V3：没有“shade”这一项"),
        ({"V3": made(titel="推诿")}, "是不是“title”"),
        ({"V3": made(title="")}, "title "),
        ({"V3": {"title": "推诿", "how": "by_hand"}}, "V3：缺少 clause"),
        ({"V3": made(clause="第二十条")}, "不是条款编号，应写成 JY-20.2"),
        ({"V3": made(how="sometimes")}, "how “sometimes”不是可选值"),
        ({"V3": made(window="fortnight")}, "window “fortnight”不是可选值"),
        ({"V3": made(threshold=0)}, "threshold “0”应为不小于 1 的整数"),
        ({"V3": made(how="automatic")}, "要写明由哪些 events 引起"),
        ({"V3": made(events=["late_sign"])}, "人工登记的规则不写 events"),
        ({"V3": made(how="suggested", events=["late_signature"])}, "“late_signature”不是可选值"),
        ({"V3": made(how="automatic", events=["late_sign"], wants=["evidence"])}, "没有人填写 wants"),
        ({"V3": made(how="automatic", events=["late_sign"], counts="office")}, "events 只能是热线办自己的时限"),
        ({"V3": made(how="automatic", events=["late_audit"])}, "请把 counts 改为 office"),
        ({"V3": made(counts="person")}, "wants 里要有 person"),
        ({"V3": made(how="automatic", events=["late_sign"], threshold=3)}, "threshold 大于 1 时要写 window"),
        ({"V3": made(how="automatic", events=["late_sign"], window="month")}, "写了 window 就要写大于 1 的 threshold"),
        ({"V3": made(threshold=3, window="month")}, "人工登记的规则逐次登记"),
        ({"V3": made(how="suggested", events=["returned"], threshold=2, window="month")}, "window 只能写 order"),
        (
            {"V3": made(how="suggested", events=["returned", "late_sign"], threshold=2, window="order")},
            "events 只写 returned",
        ),
        ({"V3": made(how="suggested", events=["late_sign"], threshold=2, window="order")}, "events 只写 returned"),
        ({"V3": made(creates=["discipline"], sees=["supervisor"])}, "登记的人要看得到"),
        (
            {"V3": made(how="automatic", events=["late_sign"], creates=["office"], sees=["office"])},
            "对单位不可见的规则不能自动产生",
        ),
    ],
)
def test_nonsense_is_refused_with_what_to_do(plain: object, reason: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        monitoring_rules.read(plain)

    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"V99": RULE}, "V99：问责情形“V99”不在 accountability.grounds 中"),
        ({"V3": made(receivers=["市政府"])}, "V3：接收机关“市政府”不在 transfer.receivers 中"),
    ],
)
def test_a_rule_fits_the_other_parameters_of_its_pack(rule: dict[str, Any], reason: str) -> None:
    plain = {**PLAIN["jiangyin"], "monitoring": {"rules": {"value": rule, "clause": "JY-20.0"}}}

    with pytest.raises(Faulty) as refused:
        packs.load(plain, where="pack.toml")

    assert [(each.key, each.reason) for each in refused.value.faults] == [("monitoring.rules", reason)]
