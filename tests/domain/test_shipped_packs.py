"""The shipped packs say what the requirements say, each value with its clause."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest
from tests.packing_ground import CITIES, rules_of

from minsheng.domain import packs, parameters
from minsheng.gateways import packfiles


@pytest.mark.parametrize(
    ("pack", "version", "document", "begins"),
    [
        ("suzhou", "2020-12-16", "苏府办〔2020〕312号", date(2020, 12, 16)),
        ("jiangyin", "2020-07-13", "澄委办〔2020〕44号", date(2020, 7, 13)),
        ("suqian", "2020-10-19", "宿政办发〔2020〕55号", date(2020, 10, 19)),
    ],
)
def test_pack_carries_title_number_and_effective_date(pack: str, version: str, document: str, begins: date) -> None:
    rules = rules_of(pack)

    assert (rules.version, rules.document, rules.effective_from) == (version, document, begins)
    assert rules.title


def test_pack_lists_its_legal_bases_and_what_it_supersedes() -> None:
    assert rules_of("suzhou").basis == ("江苏省促进政务服务便利化条例", "苏政办发〔2020〕29号")
    assert rules_of("jiangyin").basis == ("苏政办发〔2020〕29号", "锡委办发〔2018〕81号")
    assert rules_of("suqian").basis == ("苏政办发〔2020〕29号",)
    assert rules_of("jiangyin").supersedes == ("澄政办发〔2013〕57号", "澄政办发〔2013〕58号")
    assert rules_of("suzhou").interpreter == "市政务服务管理办公室"


# One row per line of the requirements' table of parameters: suzhou, jiangyin, suqian; "=" repeats the left value.
VALUES = """
office_hours_by_unit | () | = | =
workday_rule | end_of_nth_day | = | =
calendar | CN | = | =
unit_term | 承办单位 | 联动单位 | 成员单位
real_name | optional | = | required_online
reject_codes | R1 R2 R3 R4a R4b R5 R6 R9 | R1 R2 R3 R4a R4b R5 R6 R7 R8 | R1 R2 R3 R4a R4b R6 R9
emergency_numbers | 110 119 120 122 水上 | = | =
undecided_acceptance | unit_written_opinion | superior | =
nonaccept_excluded_from_assessment | True | = | =
acceptance_limit | 24 CH | = | =
dispatch_limit | 2 WH | = | 1 CH
dispatch_limit_multi | 1 WD | = | 4 CH
dispatch_starts_at | submitted | = | =
classify_before_dispatch | True | False | =
sign_limit | 4 WH | = | 1 CH
sign_starts_at | dispatched | = | =
direct_answer_limit | None | = | 4 CH
handle_limit_consult | 3 WD | = | 12 CH
handle_limit_other | 7 WD | 5 WD | 12 CH
handle_starts_at | dispatched | = | =
upper_override | True | = | =
return_limit | 1 WD | = | 12 CH
return_fields | reason basis suggest | = | basis suggest
return_max_after_refusal | 0 | = | =
return_pauses_handling | False | = | True
return_grace | None | = | 1 CH
return_review_limit | 4 WH | = | 2 CH
ext_window | any_before | last_24h | any_before
ext_cap | one_period | = | 144 CH
ext_count | None | = | =
ext_fields | reason length | reason length progress next_steps | reason length
ext_unit_leader_consent | False | True | False
ext_inform_citizen | guard | notice | =
ext_approver | auditor | = | =
ext_review_limit | 4 WH | = | 2 CH
reply_approval | none | leader | none
reply_same_channel | False | True | False
audit_limit | 1 WD | = | 4 CH
audit_pauses_handling | True | = | =
callback_chain | phone self | = | sms phone
callback_limit | 2 WD | = | 24 CH
sms_answer_window | None | = | 72 CH
urge_every | 24 CH | = | =
callback_attempts | 3 | = | =
callback_attempt_days | 2 | = | =
redo_max | 1 | = | =
redo_period | one_period | = | =
close_after_redo | supervisor | = | =
publish_default | False | True | False
publish_exceptions | () | 1 2 3 4 | ()
internal_referral | True | = | =
internal_branches | 12.3 | 12.1 12.2a 12.2c 12.3 | 12.3
internal_notice_limit | None | 1 WD | None
repeat_policy | final_opinion | timely_count | escalate_leader
repeat_timely_threshold | None | 3 | None
repeat_month_window | None | = | 1
repeat_unresolved_after | None | = | 144 CH
repeat_leader | () | = | city county town
emergency_enabled | True | = | =
emergency_dispatch_limit | 10 MIN | = | =
emergency_response_limit | 30 MIN | = | =
emergency_result_limit | 1 WD | = | 12 CH
emergency_step_alert | 5 MIN | = | =
emergency_phone_confirm | True | = | =
supervision_issuer | supervisor joint_meeting | supervisor | =
supervision_limit | 3 WD | = | 24 CH
supervision_auto_rules | K1 K2 K3 K4 K5 | overdue dissatisfied | K1 K2 K3 K4 K5
coordination_convener | joint_meeting | office | =
multi_unit_k4 | 3 | = | =
contact_change_limit | 3 WD | = | =
kb_update_limit | 5 WD | = | =
kb_standard_answer_limit | 5 WD | = | =
forum_attention | 4 WH | None | 1 CH
forum_stance | 1 WD | None | None
forum_final | 7 WD | None | 12 CH
forum_request_answer | 1 WD | None | 12 CH
forum_rating_window | 7 CD | None | 7 CD
forum_rectification | 3 WD | None | None
late_sign_threshold | 3 | = | =
count_window | calendar | = | =
person_month | None | 3 | None
person_quarter | None | 5 | None
reminders_before_transfer | None | 2 | None
accountability_self_criticism | False | True | False
appeal_limit | None | 7 CD | None
appeal_decision_limit | None | 30 CD | None
appeal_roll | None | True | None
aggravating_window | None | rolling_year | None
assessment_cycle | quarter year | month year | month year
assessment_publish_due | end_of_next_month | workday_10_of_next_month | end_of_next_month
bulletin_recipients | 市委 市政府 | 市委 市人大 市政府 市政协 | 市委 市政府 江苏12345
reports | special sentiment | special monthly_bulletin topic monitoring | monthly weekly express daily special
third_party_assessment | third_party | none | mystery_call
upload_lag_alert | 5 MIN | = | =
determine_limit | 1 WD | None | None
opinion_review_limit | 4 WH | = | =
ext_pending_suspends_miss | True | = | =
upper_extension | connector_only | = | =
limit_measured_at | unit_completed_at | = | =
satisfaction_grades | very_satisfied satisfied basically_satisfied dissatisfied very_dissatisfied | = | =
research_panel | False | = | =
event_threshold | 20 | = | =
event_window | 24 CH | = | =
lookback_sample | 5 | = | =
special_report_period | monthly | on_demand | weekly daily_in_incidents
unit_override | none | stricter_only | =
data_share_deidentified | True | = | =
leader_follow_up_limit | None | = | =
emergency_handle_alert | 2 CH | = | =
callback_relay | True | = | =
submit_fields | content appellant | content appellant publish | content appellant
handle_limit_by_type | () | = | =
handle_limit_by_channel | () | = | =
audit | hotline | = | =
callback_skip_types | () | = | =
satisfied_grades | very_satisfied satisfied basically_satisfied | = | =
notices_words | () | = | =
notices_also | () | = | =
notices_off | () | = | =
"""


def table() -> list[tuple[str, str, str]]:
    rows = []
    for line in VALUES.strip().splitlines():
        attribute, *cells = (cell.strip() for cell in line.split("|"))
        left = ""
        for pack, cell in zip(CITIES, cells, strict=True):
            left = left if cell == "=" else cell
            rows.append((pack, attribute, left))
    return rows


def shown(value: object) -> str:
    return " ".join(map(str, value)) or "()" if isinstance(value, tuple | MappingProxyType) else str(value)


@pytest.mark.parametrize(("pack", "attribute", "value"), table())
def test_pack_has_the_value_of_the_requirements(pack: str, attribute: str, value: str) -> None:
    assert shown(getattr(rules_of(pack), attribute)) == value


@pytest.mark.parametrize("pack", CITIES)
def test_every_parameter_has_a_clause_or_a_reason_for_its_default(pack: str) -> None:
    # I10: every timer cites a clause or "default"
    rules = rules_of(pack)

    for attribute, clause in rules.clauses.items():
        if clause == packs.SILENT:
            assert rules.reasons[attribute], attribute
        else:
            assert re.match(r"[A-Z]{2}-\d", clause), (attribute, clause)


@pytest.mark.parametrize(
    ("pack", "attribute", "clause"),
    [
        ("jiangyin", "sign_limit", "JY-10.2a, A-14"),
        ("jiangyin", "dispatch_limit", "JY-10.1a"),
        ("jiangyin", "handle_limit_other", "JY-10.3b"),
        ("suqian", "direct_answer_limit", "SQ-10.3a, A-06, A-50"),
        ("suzhou", "sign_limit", packs.SILENT),
        ("suzhou", "ext_window", "SZ-15.3c, A-04"),
    ],
)
def test_parameter_cites_its_clause_or_says_that_the_document_is_silent(pack: str, attribute: str, clause: str) -> None:
    assert rules_of(pack).clauses[attribute] == clause


@pytest.mark.clause("JS-0")
def test_overlay_changes_only_what_it_speaks_of() -> None:
    #
    base, over = rules_of("suzhou"), rules_of("suzhou", "jiangsu_2021")

    changed_attributes = {
        parameter.attribute
        for parameter in parameters.PARAMETERS
        if getattr(base, parameter.attribute) != getattr(over, parameter.attribute)
    }

    assert changed_attributes == {
        "display_name", "center_name", "line_modes", "line_mode_transitions", "callback_by", "research_panel",
    }  # fmt: skip
    assert over.display_name == "12345政务服务便民热线"
    assert over.center_name == "12345政务服务便民热线中心"
    assert over.research_panel
    assert "merged>dual" not in over.line_mode_transitions
    assert over.overlays == ("jiangsu_2021@2021-11-30",)
    assert over.clauses["research_panel"] == "JS-2.4b, A-67"


@pytest.mark.clause("JY-1", "SZ-1", "SQ-1", "JS-2.5")
def test_no_pack_cites_a_clause_that_says_nothing() -> None:
    # Of one only the heading is known, and the legal bases give no values.
    cited = [entry.clause for pack in packfiles.shipped_packs() for entry in pack.entries.values()]

    ids = {one.strip() for clause in cited for one in clause.split(",")}

    assert not ids & {"JS-2.5", "SZ-1", "JY-1", "SQ-1"}


def test_shipped_packs_stand_in_folders_of_their_names() -> None:
    for folder in packfiles.pack_folders(packfiles.shipped_folder()):
        assert {pack.id for pack in packfiles.read_packs(folder)} == {folder.name}


def test_shipped_packs_have_scenarios_of_their_own() -> None:
    for city in CITIES:
        for file in Path(packfiles.shipped_folder() / city / "scenarios").glob("*.yaml"):
            assert re.search(rf"(?m)^pack: {city}\b", file.read_text(encoding="utf-8")), file.name
