"""The knowledge base at the desks: articles of units, documents, duties, what is found and by whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests import knowledge_ground as knowledge
from tests import town_ground as towns
from tests.town_ground import Town, text_of

from minsheng.cases.knowledge import exporting, hints, queries, searching
from minsheng.cases.knowledge.models import Article, Duty, Hint, Posting
from minsheng.cases.monitoring.models import Violation
from minsheng.core.features.values import Range
from minsheng.core.ledger import journals, tasks, verification, witnesses
from minsheng.core.ledger import queries as ledger
from minsheng.domain.knowledge.article import (
    ApproveArticle,
    FlagArticle,
    MoveArticle,
    ReviseArticle,
    SubmitArticle,
    WithdrawArticle,
)
from minsheng.domain.knowledge.basis import AmendBasis, RegisterBasis, RepealBasis
from minsheng.domain.knowledge.duty import ChangePolicy, ConfirmNoChange, NoChangeNeeded, UpdateEntry
from minsheng.domain.rejected import Rejected

WRONG = {"title": "路灯坏了", "body": "请拨打 12345。"}
LAMPS = {"title": "路灯坏了找谁", "body": "请拨打**路灯管理所**电话 0510-86801234。"}


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    journals.make_months(date(2026, 9, 1), date(2026, 12, 31))
    return towns.build("jiangyin", test_clock)


def found(town: Town, text: str, reader: str = "public", **wanted: Any) -> list[str]:
    asked = searching.Wanted(text=text, reader=reader, today=town.now.date(), **wanted)
    return [hit.title for hit in searching.search(town.code, asked, limit=10)]


def sweep(town: Town) -> None:
    """Let what has run out ring, and everybody hear of it."""
    while tasks.sweep_once(town.now):
        pass
    knowledge.relay()


def post(town: Town, who: str, address: str, **fields: str) -> int:
    return town.desk(who).post(address, {"key": str(uuid4()), **fields}).status_code


@pytest.mark.clause("SZ-8b", "JY-17a")
def test_a_unit_writes_its_own_articles_and_its_leader_publishes_them(town: Town) -> None:
    form = {"kind": "question", "category": "1101", "phrasings": "路灯不亮\n路灯报修", **LAMPS}
    assert post(town, "officer@城管局", "/things/article/new/draft_article", **form) == 302
    row = Article.objects.get()
    page = f"/things/article/{row.pk}/"

    assert town.desk("officer@住建局").get(page).status_code == 404
    assert post(town, "officer@城管局", f"{page}do/submit_article") == 302
    assert post(town, "officer@城管局", f"{page}do/approve_article") == 404 or Article.objects.get().edition == 0
    assert post(town, "leader@城管局", f"{page}do/approve_article") == 302
    row.refresh_from_db()
    assert (row.status, row.edition, row.number) == ("PUBLISHED", 1, "知识〔2026〕1号")
    assert post(town, "officer@住建局", f"{page}do/revise_article", **form) == 403
    assert post(town, "leader@住建局", f"{page}do/approve_article") == 403
    assert post(town, "office", f"{page}do/revise_article", **form) == 403
    row.refresh_from_db()
    assert row.title == LAMPS["title"]
    seen = text_of(town.desk("seat").get(f"/knowledge/{row.number}/"))
    assert "路灯管理所" in seen
    assert "城管局" in seen
    assert "<strong>路灯管理所</strong>" in town.desk("seat").get(f"/knowledge/{row.number}/").content.decode()


def test_a_bodys_own_html_is_no_html_and_a_script_is_no_link(town: Town) -> None:
    row = knowledge.published(
        town, body="<script>alert(1)</script>\n\n[点](javascript:alert(1)) [网](https://example.com)"
    )

    page = town.desk("seat").get(f"/knowledge/{row.number}/").content.decode()
    body = page.partition('class="article-body">')[2].partition("</div>")[0]

    assert "<script" not in body
    assert 'javascript:alert(1)"' not in body
    assert 'href="https://example.com"' in body


def test_versions_stand_as_they_were_and_tell_what_changed(town: Town) -> None:
    row = knowledge.published(town, **LAMPS)
    town.later(days=1)
    row = knowledge.revised(town, row, body="请拨打 12345。")

    kept = queries.versions(row)
    assert [(each.edition, each.content.body) for each in kept] == [(1, LAMPS["body"]), (2, "请拨打 12345。")]
    old = text_of(town.desk("seat").get(f"/knowledge/{row.number} v1/"))
    assert "路灯管理所" in old
    assert "条目已更新" in old
    seen = town.desk("seat").get(f"/knowledge/{row.number}/?edition=2&against=1").content.decode()
    assert "<ins>请拨打 12345。</ins>" in seen
    assert town.desk("seat").get(f"/knowledge/{row.number}/?edition=9").status_code == 404


@pytest.mark.clause("SZ-31a")
def test_only_what_is_valid_on_the_citys_day_is_found_with_its_id_and_unit(town: Town) -> None:
    last = town.now.date() + timedelta(days=1)
    row = knowledge.published(town, **LAMPS, valid_to=last)
    knowledge.published(town, title="路灯亮灯时间", body="日落后。", valid_from=last)
    knowledge.published(town, title="路灯内部联系办法", body="仅供话务人员。", audience="seats")

    hits = searching.search(
        town.code, searching.Wanted(text="路灯坏了", reader="public", today=town.now.date()), limit=9
    )
    assert [(hit.number, hit.unit, hit.edition) for hit in hits] == [(row.number, "城管局", 1)]
    assert "路灯内部联系办法" in found(town, "路灯", "seats")
    town.at(datetime.combine(last + timedelta(days=1), town.now.time(), town.now.tzinfo))
    assert found(town, "路灯") == ["路灯亮灯时间"]
    sweep(town)
    assert Article.objects.get(pk=row.pk).status == "EXPIRED"


def test_it_is_published_at_its_moment_and_found_from_then_on(town: Town) -> None:
    row = knowledge.written(town, **LAMPS)
    at = town.now + timedelta(hours=2)
    knowledge.give(town, "leader@城管局", "article", row.pk, ApproveArticle(publish_at=at))
    assert found(town, "路灯坏了") == []

    town.later(hours=2, seconds=1)
    sweep(town)

    assert found(town, "路灯坏了") == [LAMPS["title"]]


def test_other_words_sounds_and_slips_of_the_pen_find_it(town: Town) -> None:
    knowledge.published(town, title="住房公积金怎么提取", body="线上办理。", phrasings=("购房提取公积金",))
    knowledge.published(town, title="居民医保缴费标准", body="按年缴纳。")

    for asked in ("公积金支取", "公积今提取", "住房公积斤", "zhufanggongjijin", "zfgjj"):
        assert found(town, asked)[:1] == ["住房公积金怎么提取"], asked
    assert found(town, "居民基本医疗保险交费")[:1] == ["居民医保缴费标准"]
    assert found(town, "怎么") == []
    assert found(town, "公积金", unit="住建局") == []
    assert found(town, "公积金", kind="information") == []


def test_a_changed_document_makes_one_duty_of_all_that_rests_on_it(town: Town) -> None:
    document = RegisterBasis(kind="notice", title="路灯管理办法", number="澄政〔2026〕1号")
    id = knowledge.begin(town, "office", "basis", document)
    rows = [knowledge.published(town, title=f"路灯{each}", body="内容", basis=("澄政〔2026〕1号",)) for each in "甲乙"]
    knowledge.published(town, title="别的", body="内容")

    knowledge.give(town, "office", "basis", id, AmendBasis(document="澄政〔2026〕9号"))

    duty = Duty.objects.get()
    assert (duty.target_unit, duty.entries, duty.status) == ("城管局", [row.number for row in rows], "DUE")
    with pytest.raises(Rejected, match="entry_not_updated"):
        knowledge.give(town, "officer@城管局", "duty", duty.pk, UpdateEntry(entry=rows[0].number))
    town.later(hours=1)
    knowledge.revised(town, rows[0], body="新内容")
    duty.refresh_from_db()
    assert (duty.status, duty.state["settled"]) == ("DUE", [rows[0].number])
    knowledge.give(town, "leader@城管局", "article", rows[1].pk, WithdrawArticle(reason="合并"))
    duty.refresh_from_db()
    assert (duty.status, duty.is_late) == ("DONE", False)


@pytest.mark.clause("JY-20.9")
def test_what_an_overdue_duty_left_is_hidden_from_the_public_and_marked_for_seats_until_it_is_done(town: Town) -> None:
    first, second = knowledge.published(town, **LAMPS), knowledge.published(town, title="路灯开关时间", body="日落")
    entries = (first.number, second.number)
    command = ChangePolicy(unit="城管局", entries=entries, document="新规")
    id = knowledge.begin(town, "office", "duty", command)
    town.later(hours=1)
    knowledge.revised(town, second, body="天黑")

    town.later(days=20)
    sweep(town)

    duty = Duty.objects.get()
    assert (duty.status, [each["code"] for each in duty.state["breaches"]]) == ("OVERDUE", ["late_knowledge"])
    assert found(town, "路灯") == ["路灯开关时间"]
    assert set(found(town, "路灯", "seats")) == {LAMPS["title"], "路灯开关时间"}
    assert "更新职责已逾期" in text_of(town.desk("seat").get(f"/knowledge/{first.number}/"))
    assert post(town, "office", f"/things/duty/{id}/do/complain_entry", entry=first.number, loss="true") == 302
    duty.refresh_from_db()
    assert [each["code"] for each in duty.state["breaches"]] == ["late_knowledge", "knowledge_loss"]
    knowledge.relay()
    assert list(Violation.objects.filter(kind="V9").values_list("target_unit", flat=True)) == ["城管局"]
    knowledge.give(town, "officer@城管局", "duty", id, NoChangeNeeded(reason="未涉及"))
    knowledge.give(town, "office", "duty", id, ConfirmNoChange())
    knowledge.relay()
    assert Article.objects.get(pk=first.pk).status == "PUBLISHED"
    assert set(found(town, "路灯")) == {LAMPS["title"], "路灯开关时间"}


def test_a_mark_by_hand_becomes_that_of_an_overdue_duty(town: Town) -> None:
    row = knowledge.published(town, **LAMPS)
    knowledge.give(town, "office", "article", row.pk, FlagArticle(reason="听说有变"))
    knowledge.begin(town, "office", "duty", ChangePolicy(unit="城管局", entries=(row.number,), document="新规"))
    town.later(days=20)
    sweep(town)

    assert post(town, "leader@城管局", f"/things/article/{row.pk}/do/confirm_article") == 422
    assert Article.objects.get().status == "TO_VERIFY"
    assert post(town, "office", f"/things/article/{row.pk}/do/flag_article", reason="再次") == 409


def test_what_was_cited_is_readable_in_the_house_after_it_was_withdrawn(town: Town) -> None:
    row = knowledge.published(town, **LAMPS)
    knowledge.give(town, "leader@城管局", "article", row.pk, WithdrawArticle(reason="已合并"))

    for who in ("seat", "auditor", "officer@住建局"):
        page = text_of(town.desk(who).get(f"/knowledge/{row.number} v1/"))
        assert ("路灯管理所" in page, "已撤下" in page) == (True, True), who
    assert found(town, "路灯", "seats") == []


@pytest.mark.parametrize("later", [0, 3], ids=["in review", "scheduled"])
def test_what_waits_is_sent_back_when_its_document_is_repealed(town: Town, later: int) -> None:
    document = knowledge.begin(
        town, "office", "basis", RegisterBasis(kind="notice", title="照明办法", number="苏府〔2026〕01号")
    )
    row = knowledge.written(town, **LAMPS, basis=("苏府[2026]1号",))
    if later:
        moment = town.now + timedelta(days=later)
        knowledge.give(town, "leader@城管局", "article", row.pk, ApproveArticle(publish_at=moment))
    knowledge.give(town, "office", "basis", document, RepealBasis(reason="新办法施行", on=town.now.date()))

    row.refresh_from_db()
    assert row.state["pending"] == "DRAFT"
    knowledge.give(town, "officer@城管局", "article", row.pk, SubmitArticle())
    with pytest.raises(Rejected, match="basis_unknown"):
        knowledge.give(town, "leader@城管局", "article", row.pk, ApproveArticle())
    town.later(days=9)
    sweep(town)
    assert Article.objects.get().edition == 0


@pytest.mark.parametrize("number", ["138&#48;0001234", "138**0000**1234", "1380<b></b>0001234"])
def test_a_telephone_of_a_person_is_found_however_it_is_marked(town: Town, number: str) -> None:
    with pytest.raises(Rejected, match="article_names_somebody"):
        knowledge.written(town, title="路灯", body=f"请拨打 {number}。")


def test_what_the_former_unit_scheduled_waits_for_the_new_ones_leader(town: Town) -> None:
    row = knowledge.written(town, **LAMPS)
    knowledge.give(town, "leader@城管局", "article", row.pk, ApproveArticle(publish_at=town.now + timedelta(days=3)))
    knowledge.give(town, "office", "article", row.pk, MoveArticle(unit="住建局", reason="职责调整"))
    town.later(days=9)
    sweep(town)

    row.refresh_from_db()
    assert (row.status, row.edition, row.state["pending"], row.target_unit) == ("DRAFT", 0, "DRAFT", "住建局")


def test_a_check_that_nobody_makes_is_told_again_each_month(town: Town) -> None:
    row = knowledge.published(town, **LAMPS, review_months=1)
    for _ in range(3):
        town.later(days=32)
        sweep(town)

    checks = [each for each in ledger.history(f"article/{row.pk}") if each.type == "ArticleCheckDue"]
    assert len(checks) == 3


def test_what_is_not_valid_today_says_so_at_the_desks(town: Town) -> None:
    row = knowledge.published(town, **LAMPS, valid_from=town.now.date() + timedelta(days=3))

    assert "今天不在有效期内" in text_of(town.desk("seat").get(f"/knowledge/{row.number}/"))


def test_latin_words_are_found_as_they_stand_and_themes_narrow_them(town: Town) -> None:
    knowledge.published(town, title="ETC 怎么办理", body="到银行网点办理 ETC。", category="1101")

    assert found(town, "ETC") == ["ETC 怎么办理"]
    assert found(town, "etc", categories=("1101",)) == ["ETC 怎么办理"]
    assert found(town, "etc", categories=("0101",)) == []


def test_a_version_that_was_renewed_meanwhile_is_not_cited(town: Town) -> None:
    row = knowledge.published(town, **LAMPS)
    knowledge.revised(town, row, body="请拨打 12345。")

    assert queries.cited(town.code, f"{row.number} v1", today=town.now.date()) is None
    assert queries.fault(town.code, f"{row.number} v1") == "article_renewed"
    assert queries.cited(town.code, f"{row.number} v2", today=town.now.date()) is not None


def test_the_office_flags_and_never_edits(town: Town) -> None:
    row = knowledge.published(town, **LAMPS)
    knowledge.give(town, "office", "article", row.pk, FlagArticle(reason="接到反映"))

    assert found(town, "路灯坏了") == []
    assert post(town, "leader@城管局", f"/things/article/{row.pk}/do/confirm_article") == 302
    assert found(town, "路灯坏了") == [LAMPS["title"]]


def test_a_document_that_ends_and_a_day_of_checking_become_duties_by_one_press(town: Town) -> None:
    until = town.now.date() + timedelta(days=3)
    document = RegisterBasis(kind="notice", title="办法", number="1号", until=until)
    knowledge.begin(town, "office", "basis", document)
    row = knowledge.published(town, **LAMPS, basis=("1号",))
    town.later(days=5)
    sweep(town)
    knowledge.relay()

    hint = Hint.objects.get()
    assert (hint.kind, hint.articles) == ("basis_ended", [row.number])
    assert LAMPS["title"] in text_of(town.desk("office").get("/knowledge/hints"))
    for _ in range(2):
        assert post(town, "office", f"/knowledge/hints/{hint.pk}") == 302
    assert Duty.objects.get().entries == [row.number]
    assert hints.waiting(town.code) == []
    assert town.desk("seat").get("/knowledge/hints").status_code == 403


def test_corrections_of_three_people_make_a_hint(town: Town) -> None:
    row = knowledge.published(town, **LAMPS)
    address = f"/knowledge/{row.number}/remark"
    assert post(town, "seat", address, said="useful") == 302
    for said in ("wrong", "outdated", "dead_number"):
        post(town, "seat", address, said=said)
    post(town, "auditor", address, said="outdated")
    assert not Hint.objects.exists()

    post(town, "officer@住建局", address, said="dead_number")

    assert (Hint.objects.get().kind, Hint.objects.get().count) == ("corrections", 3)
    assert post(town, "office", f"/knowledge/hints/{Hint.objects.get().pk}", aside="1") == 302
    assert not Duty.objects.exists()
    assert post(town, "seat", address, said="nonsense") == 404


@pytest.mark.clause("JY-9.1a")
def test_five_answers_without_an_article_on_one_category_ask_for_a_standard_answer(town: Town) -> None:
    form = {"type": "consult", "channel": "phone", "appellant": "citizen", "publish": "yes", "content": "问一问"}
    answer = {"answer": "1", "answer_no_article": "on", "answer_text": "已告知"}
    for number in range(5):
        assert not Hint.objects.exists(), number
        sent = town.desk("seat").post("/orders/new", {"key": str(uuid4()), **form, **answer, "category": "1101"})
        assert sent.status_code == 302
        knowledge.relay()

    assert (Hint.objects.get().kind, Hint.objects.get().about, Hint.objects.get().count) == ("gap", "1101", 5)
    page = text_of(town.desk("office").get("/knowledge/hints"))
    onward = page.partition('href="/things/duty/new/request_answer?question=')[2].partition('"')[0]
    begun = town.desk("office").get(f"/things/duty/new/request_answer?question={onward}")
    assert "占道经营" in text_of(begun)
    assert post(town, "office", f"/knowledge/hints/{Hint.objects.get().pk}") == 302
    assert not Duty.objects.exists()


def test_what_is_read_comes_to_the_lake_once_and_names_nobody(town: Town) -> None:
    row = knowledge.published(town, **LAMPS)
    town.desk("seat").get(f"/knowledge/{row.number}/")

    fresh = list(exporting.export(Range(0, 10**9, town.now)))

    assert [(each.dataset, each.city, list(each.rows)) for each in fresh] == [("article_uses", town.code, ["2026-09"])]
    told = fresh[0].rows["2026-09"]
    assert [(each["kind"], each["reader"], each["article_id"]) for each in told] == [("answer", "seat", str(row.pk))]
    assert fresh[0].keys == {told[0]["use_id"]}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"body": "字" * 20_001}, "20000"),
        ({"body": "联系张三19900001234"}, "个人手机号"),
        ({"valid_from": "2026-12-02", "valid_to": "2026-12-01"}, "有效期止不能早于有效期起"),
        ({"basis": "无此文号"}, "没有登记或已失效"),
        ({"region": "无此区划"}, "没有名称或代码"),
        ({"category": "9999"}, "9999"),
        ({"review_months": "很多"}, "0"),
    ],
)
def test_what_does_not_fit_is_refused_in_words_and_changes_nothing(
    town: Town, fields: dict[str, str], said: str
) -> None:
    answer = town.desk("officer@城管局").post(
        "/things/article/new/draft_article", {"key": str(uuid4()), "kind": "question", **LAMPS, **fields}
    )

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Article.objects.exists()


def test_stocks_count_what_is_valid_on_the_day_by_level(town: Town) -> None:
    knowledge.published(town, **LAMPS)
    knowledge.published(town, title="路灯介绍", body="内容", kind="information", audience="talent")
    knowledge.published(town, title="旧", body="内容", kind="information", valid_to=town.now.date())

    assert queries.stocks(town.code, on=town.now.date() + timedelta(days=1)) == {
        ("answers", "city", ""): 1,
        ("articles", "city", ""): 1,
        ("article_units", "city", ""): 1,
        ("talent_articles", "city", ""): 1,
    }


def test_the_room_is_built_again_as_it_was(town: Town) -> None:
    row = knowledge.published(town, **LAMPS)
    knowledge.revised(town, row, body="新的", valid_to=date(2027, 1, 1))
    knowledge.relay()

    assert verification.verify().fault is None
    assert witnesses.compare_all().altered == []
    assert all(each.changed == 0 for each in verification.rebuild(check=True).values())
    assert Posting.objects.filter(article=row, term="路灯").count() == 1


def test_a_leader_reads_what_is_approved_and_approves_nothing_else(town: Town) -> None:
    row = knowledge.written(town, **LAMPS)
    page = f"/things/article/{row.pk}/"

    assert "路灯管理所" in text_of(town.desk("leader@城管局").get(page))
    stale = {"key": str(uuid4()), "seen_version": str(row.version)}
    knowledge.give(town, "officer@城管局", "article", row.pk, ReviseArticle(**{**row.state["draft"], **WRONG}))
    knowledge.give(town, "officer@城管局", "article", row.pk, SubmitArticle())

    assert town.desk("leader@城管局").post(f"{page}do/approve_article", stale).status_code == 409
    assert Article.objects.get().edition == 0
