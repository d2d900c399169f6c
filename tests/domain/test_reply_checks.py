"""What the check of an answer finds. The answers are invented. Clauses: SZ-15.4, JY-9.5, SQ-10.4a."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from minsheng.domain import personal, reply_checks
from minsheng.domain.orders import commands as cmd
from minsheng.domain.reply_checks import answers, check, says_nothing
from minsheng.wording import findings

APPEAL = "桃源路口的路灯坏了半个月，夜里过马路很危险，希望尽早修好。"
GOOD = (
    "您好！经现场核实，桃源路口两盏路灯因电缆受潮停亮。依据《照明养护标准》第六条，维护站已于9月17日更换电缆并恢复亮灯，"
    "9月20日前完成全线检查。如需了解进展，请联系维护站周工，电话0510-86860001。"
)


def codes(reply: str, appeal: str = APPEAL) -> set[str]:
    """Return what is found."""
    return {finding.code for finding in check(reply, appeal=appeal, known_public=("86860001",))}


def test_an_answer_with_everything_has_no_findings() -> None:
    assert check(GOOD, appeal=APPEAL, known_public=("86860001",)) == ()


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (GOOD.replace("联系维护站周工，电话0510-86860001", "关注公告"), "no_contact"),
        (GOOD.replace("经现场核实，", "").replace("依据《照明养护标准》第六条，", ""), "no_basis"),
        (GOOD.replace("已于9月17日更换电缆并恢复亮灯", "会按部就班").replace("现场核实", "查"), "no_measure"),
        (GOOD.replace("于9月17日", "").replace("9月20日前", "") + "2026年9月18日", "no_date"),
        (GOOD + "我局将进一步加强巡查。", "empty_phrase"),
        (GOOD + "施工负责人13000000001。", "personal_data"),
        ("您好！来信收悉，已转相关部门处理，感谢您的支持！2026年9月18日", "says_nothing"),
        ("路灯已于9月17日修复。", "too_short"),
        (GOOD.replace("桃源路口两盏路灯", "贵小区物业费").replace("亮灯", "收费").replace("停亮", "缺漏"), "off_topic"),
    ],
)  # fmt: skip
def test_what_an_answer_lacks_or_has_too_much_is_found(reply: str, code: str) -> None:
    assert code in codes(reply)


def test_findings_with_a_place_point_at_it() -> None:
    reply = GOOD + "高度重视。联系13000000001。"

    places = [(each.code, reply[each.start : each.end]) for each in check(reply, appeal=APPEAL) if each.end]

    assert places == [
        ("personal_data", "0510-86860001"),
        ("empty_phrase", "高度重视"),
        ("personal_data", "13000000001"),
    ]


def test_an_empty_answer_says_nothing_and_answers_nothing() -> None:
    assert {"says_nothing", "too_short", "off_topic", "no_contact", "no_basis", "no_measure", "no_date"} == codes("")


def test_a_question_without_words_is_answered_by_anything() -> None:
    assert answers("已修复", "？？")
    assert answers("路灯已修复", "路灯")
    assert not answers("物业费已退", APPEAL)


def test_what_was_done_is_not_taken_for_nothing() -> None:
    assert not says_nothing(GOOD)
    assert says_nothing("网友您好，您的留言已收悉，我局高度重视，正在调查处理，感谢关注。")


def test_criteria_are_the_auditors_and_every_code_has_a_sentence() -> None:
    defects = cmd.fields_of(cmd.RejectAudit)["defect"].metadata["values"]

    assert set(reply_checks.KIND_OF.values()) == set(findings.CRITERIA) == set(defects)
    assert set(reply_checks.CODES) == set(findings.FINDINGS)
    assert set(personal.KINDS) == set(findings.PERSONAL)
    assert all(sentence.endswith("。") for sentence in findings.FINDINGS.values())


def test_on_real_answers_saying_nothing_agrees_with_the_label(
    shared_folder: Path | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if shared_folder is None:
        pytest.skip("real letters lie outside the project; .ci/run names them by MINSHENG_SHARED")
    with (shared_folder / "data/messages/complaints-answered.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(says_nothing(row["答复意见"]), row["label_substantive"] == "0") for row in csv.DictReader(file)]
    both = sum(found and labeled for found, labeled in pairs)
    precision = both / sum(found for found, _ in pairs)
    recall = both / sum(labeled for _, labeled in pairs)

    with capsys.disabled():
        print(f"\n  {len(pairs)} 条答复：准确率 {precision:.2f}，召回率 {recall:.2f}")
    assert precision > 0.7
    assert recall > 0.8
