"""From a violation by hand over its reminders to the dossier that hands it on, with receipts and a result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from tests import town_ground as towns
from tests.monitoring_ground import heard, press, record, transfer
from tests.town_ground import Town, text_of

from minsheng.cases.monitoring import recount
from minsheng.cases.monitoring.models import Counter, Dossier, Violation
from minsheng.cases.notices.models import Notice


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


def counted() -> list[int]:
    return list(Counter.objects.values_list("violations", flat=True))


@pytest.mark.clause("JY-20.0", "JY-20.4")
def test_transfer_waits_for_two_reminders(town: Town) -> None:
    order, office = town.handled(), town.desk("office")
    assert record(office, "V4", evidence=f"{order}\n冲突事件说明").status_code == 302
    one = Violation.objects.get()
    assert (one.orders, one.status, counted()) == ([order], "RAISED", [1])

    assert press(office, one, "remind_violation", text="请妥善处置").status_code == 302
    refused = transfer(office, one.number)
    assert refused.status_code in (409, 422)
    assert "移送前须先提醒督促 2 次，现有 1 次" in text_of(refused)
    assert not Dossier.objects.exists()

    press(office, one, "remind_violation", text="再次提醒")
    heard(town)
    told = Notice.objects.filter(kind="violation_reminded").values_list("recipient", flat=True)
    assert set(told) >= {"leader@城管局"}
    assert transfer(office, one.number, receivers=["市纪委监委", "市行政监督部门"]).status_code == 302
    one.refresh_from_db()
    assert (one.status, one.dossier, counted()) == ("TRANSFERRED", "移送〔2026〕1号", [1])

    sent = Dossier.objects.get()
    page = text_of(office.get(f"/things/dossier/{sent.pk}/"))
    assert f"/things/violation/{one.pk}/" in page
    assert "监察〔2026〕1号 V4" in page
    assert "V4" in text_of(office.get("/things/violation/?tab=all"))
    assert press(office, sent, "file_receipt", organ="市纪委监委", receipt="收〔2026〕8号").status_code == 302
    assert press(office, sent, "file_receipt", organ="市行政监督部门", receipt="收12").status_code == 302
    assert press(office, sent, "record_result", result="已立案", document="立〔2026〕3号").status_code == 302
    sent.refresh_from_db()
    assert sent.status == "CLOSED"


@pytest.mark.clause("JY-20.3")
def test_shirking_wants_evidence_and_begins_without_reminders(town: Town) -> None:
    order, office = town.replied(), town.desk("office")
    refused = record(office, "V3")
    assert refused.status_code == 422
    assert not Violation.objects.exists()

    for defect in ("vague", "vague"):
        town.act(order, "auditor", "reject_audit", defect=defect, comment="敷衍")
        town.act(order, "leader@城管局", "approve_reply")
        town.act(order, "officer@城管局", "reply", text="已处理")
    assert record(office, "V3", evidence=order).status_code == 302
    assert (Violation.objects.get().orders, Violation.objects.get().reminders) == ([order], 0)


@pytest.mark.clause("JY-20.13")
def test_what_is_listed_nowhere_wants_the_rule_that_it_breaks(town: Town) -> None:
    office = town.desk("office")

    refused = record(office, "V13", evidence="通话记录")
    assert refused.status_code == 422
    assert "依据的法律法规或规定" in text_of(refused)
    assert record(office, "V13", evidence="通话记录", citation="《条例》第十条").status_code == 302


@pytest.mark.clause("JY-25.3")
def test_annulled_with_its_reason_it_leaves_the_counters_and_stays(town: Town) -> None:
    record(town.desk("office"), "V3", evidence="通话记录")
    one, supervisor = Violation.objects.get(), town.desk("supervisor")
    assert press(supervisor, one, "annul_violation").status_code == 422
    assert counted() == [1]

    assert press(supervisor, one, "annul_violation", reason="9月12日台风，不可抗力").status_code == 302

    one.refresh_from_db()
    assert (one.status, counted()) == ("ANNULLED", [0])
    assert "台风" in text_of(supervisor.get(f"/things/violation/{one.pk}/"))
    assert transfer(supervisor, one.number).status_code != 302
    assert recount.compare("jiangyin").differences == ()


def test_the_same_press_twice_is_one_violation(town: Town) -> None:
    office, key = town.desk("office"), "019b0000-0000-7000-8000-000000000001"

    answers = [record(office, "V3", evidence="通话记录", key=key).status_code for _ in range(2)]

    assert (answers, Violation.objects.count(), counted()) == ([302, 302], 1, [1])


def test_a_dossier_that_is_refused_leaves_every_violation_as_it_was(town: Town) -> None:
    office = town.desk("office")
    for code in ("V3", "V4"):
        record(office, code, evidence="通话记录")
    first, second = Violation.objects.order_by("pk")
    for _ in range(2):
        press(office, first, "remind_violation", text="请整改")

    assert transfer(office, first.number, second.number).status_code != 302

    assert set(Violation.objects.values_list("status", flat=True)) == {"RAISED"}
