"""Everything that people may see has Chinese words, and every sentence says what to do."""

from __future__ import annotations

import ast
import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests import contract_ground as contract

import minsheng
from minsheng import wording
from minsheng.domain import packs
from minsheng.domain.actors import ROLES
from minsheng.domain.cycles import PLAYED
from minsheng.domain.duties import report
from minsheng.domain.facts import Notice
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders import order as states
from minsheng.domain.orders import timers
from minsheng.domain.orders.case import Message
from minsheng.domain.rejected import Rejected
from minsheng.gateways import packfiles

DOMAIN = Path(minsheng.__file__).parent / "domain"
CHINESE = re.compile(r"[一-鿿]")


def first_words(call: str, *, place: int = 0) -> set[str]:
    """Return the texts that stand in one place of every call of that name in the domain."""
    found = set()
    for path in DOMAIN.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                given = node.args[place] if name == call and len(node.args) > place else None
                texts = (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,)
                found |= {
                    each.value for each in texts if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    return found


def test_states_reasons_roles_and_standings_have_labels() -> None:
    assert set(states.STATES) <= set(wording.STATES)
    assert set(contract.REASONS) <= set(wording.REASONS)
    assert set(wording.ENDINGS) == set(wording.REASONS)
    assert {*ROLES, "duty", "personnel"} <= set(wording.ROLES)
    assert {"running", "paused", "met", "missed", "cancelled", "annulled"} <= set(wording.STANDINGS)


def test_clocks_have_labels() -> None:
    told = {clock for each in PLAYED.values() for clock in each.cycle.clocks}

    assert {*timers.NAMES, report.CLOCK} | told == set(wording.TIMERS)


def test_commands_and_their_fields_have_labels() -> None:
    named = {name for each in cmd.BY_NAME.values() for name in cmd.fields_of(each)}
    shapes = {name for shape in (cmd.EmergencyForm, cmd.Attestation) for name in shape.__dataclass_fields__}

    assert set(cmd.BY_NAME) <= set(wording.COMMANDS)
    assert named | (shapes - {"at"}) <= set(wording.FIELDS)


def test_choices_have_labels() -> None:
    for shape in cmd.BY_NAME.values():
        for name, field in cmd.fields_of(shape).items():
            values = field.metadata.get("values", ())
            if values and name not in ("publish",):
                assert set(values) <= set(wording.CHOICES[name]), name


def test_steps_of_the_timeline_have_labels() -> None:
    assert {event.step for event in ev.BY_NAME.values()} <= set(wording.STEPS)
    assert {name for name, event in ev.BY_NAME.items() if not event.step} <= set(wording.EVENTS)


def test_refusals_are_those_of_the_contract_and_have_sentences() -> None:
    raised = first_words("Rejected") - {""}

    assert raised <= {*contract.REFUSALS, *contract.BESIDE_THE_SCENARIOS}
    for code in (*contract.REFUSALS, *contract.BESIDE_THE_SCENARIOS):
        said = wording.say(Rejected(code))
        assert said.endswith("。")
        assert CHINESE.search(said)
        assert "{" not in said


def test_notices_have_sentences() -> None:
    told = first_words("tell") | first_words("tell_unit") | first_words("Notice")

    assert told
    for kind in told:
        assert wording.say(Notice(kind, "office")) != wording.say(Notice("unheard_of", "office")), kind


def test_reports_have_words() -> None:
    states = {step.target for step in report.TABLE.values()} - {None}

    assert states == set(wording.REPORT_STATES)
    assert {name for name in report.TABLE if name != "plan"} == set(wording.REPORT_COMMANDS)
    assert {event.__name__ for event in report.ReportEvent.__subclasses__()} == set(wording.REPORT_EVENTS)
    assert "待审批" in wording.say(Rejected("report_not_now", report_status="REVIEW"))


def test_messages_have_sentences() -> None:
    for code in first_words("say"):
        assert CHINESE.search(wording.say(Message(code)))


def test_breaches_of_the_contract_have_labels() -> None:
    assert {*contract.VIOLATIONS, *contract.OF_FINDINGS} <= set(wording.BREACHES)


@pytest.mark.parametrize(
    ("rejected", "words"),
    [
        # JY-35a: the missing thing by its Chinese label
        (Rejected("field_missing", fields=("place", "facts")), "地点、事件情况"),
        (Rejected("extension_too_early", opens=datetime(2026, 2, 25, 9, 30, tzinfo=ZoneInfo("UTC"))), "02-25 17:30"),
        (Rejected("return_too_late"), "退回时限已过，"),
        (Rejected("not_allowed_now", status="REPLIED"), "待审核"),
        (Rejected("not_your_role", role="seat"), "座席"),
        (Rejected("leader_follow_up_missing", role="head"), "主要负责人"),
        (Rejected("wrong_channel", channel="wechat"), "微信"),
        (Rejected("wrong_channel", channel="wechat", wanted=2), "原渠道 2 次联系未成"),
        (Rejected("no_more_return", designated=True), "已指定牵头"),
        (Rejected("attempts_missing", attempts=1, wanted=3, days=2), "现有 1 次"),
        (Rejected("something_new"), "未被接受"),
    ],
)
def test_refusal_says_what_it_is_about(rejected: Rejected, words: str) -> None:
    chosen = packs.in_force(packfiles.shipped_packs(), "jiangyin", on=date(2026, 1, 1))
    rules = packs.rules(chosen.pack, calendar=packfiles.load_calendar())

    assert words in wording.say(rejected, rules)


def test_notice_of_a_missed_clock_names_it() -> None:
    assert wording.say(Notice("overdue", "office", {"timer": "handle"})) == "办理时限已超期，请立即处理。"


def test_labels_join_unit_and_reason() -> None:
    assert wording.label_of_status("CLOSED", "satisfied") == "已办结（满意）"
    assert wording.label_of_status("HANDLING") == "办理中"
    assert wording.label_of_actor("leader", "水务局") == "水务局分管领导"
    assert wording.label_of_actor("seat") == "座席"


def test_field_is_named_in_the_words_of_the_rule() -> None:
    """Clauses: JY-11b, SQ-10.4b (each missing thing is named)."""
    suqian = packs.rules(
        packs.in_force(packfiles.shipped_packs(), "suqian", on=date(2026, 1, 1)).pack,
        calendar=packfiles.load_calendar(),
    )

    assert wording.label_of_field("reason") == "理由"
    assert wording.label_of_field("reason", command="request_extension") == "延期原因（理由）"
    assert wording.label_of_field("suggest", command="request_return") == "改派建议"
    assert wording.label_of_field("suggest", command="request_return", rules=suqian) == "办理建议"
    assert wording.label_of_field("unheard_of") == "unheard_of"
