"""Snippets: whose they are, who keeps them, and how one gets into a form without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.administration_ground import keyed, kinds_of, plain
from tests.town_ground import Town, form_of, row, steps, text_of

from minsheng.cases.orders import successions
from minsheng.core.ledger import queries as ledger
from minsheng.core.people.units import Change
from minsheng.core.snippets import actions
from minsheng.core.snippets.models import Snippet
from minsheng.gateways import readings

LIST = "/snippets"
OFFICER, LEADER, ELSEWHERE = "officer@城管局", "leader@城管局", "officer@住建局"


def add(town: Town, who: str, scope: str, title: str = "路灯已修复", words: str = "已派人修复，请查看。") -> Any:
    """Add a snippet by its page."""
    return town.desk(who).post(LIST, keyed(scope=scope, title=title, words=words))


def titles(town: Town, who: str, words: str = "") -> list[str]:
    """Return what somebody is offered on the page."""
    shown = text_of(town.desk(who).get(LIST, {"words": words}))
    return [each.title for each in Snippet.objects.order_by("id") if f">{each.title}<" in shown]


def test_everybody_is_offered_the_citys_a_unit_its_own_and_a_person_theirs(town: Town) -> None:
    assert add(town, "office", "city", "感谢来电").status_code == 302
    assert add(town, LEADER, "unit").status_code == 302
    assert add(town, OFFICER, "person", "我的").status_code == 302

    assert titles(town, OFFICER) == ["感谢来电", "路灯已修复", "我的"]
    assert titles(town, LEADER) == ["感谢来电", "路灯已修复"]
    assert titles(town, ELSEWHERE) == titles(town, "seat") == ["感谢来电"]
    assert kinds_of(f"snippets/{town.code}") == ["SnippetAdded"] * 3
    assert ledger.history(f"snippets/{town.code}")[0].actor["role"] == "office"


def test_nobody_keeps_what_is_others(town: Town) -> None:
    add(town, "office", "city", "感谢来电")
    add(town, LEADER, "unit")
    add(town, LEADER, "person", "领导的")
    of_city, of_unit, own = Snippet.objects.order_by("id")

    assert add(town, "seat", "city", "座席的").status_code == 422
    assert add(town, "seat", "unit", "座席的").status_code == 422
    for who, wrong in ((OFFICER, of_city), (ELSEWHERE, of_unit), (OFFICER, own), ("office", of_unit)):
        desk = town.desk(who)
        assert desk.get(f"{LIST}/{wrong.pk}").status_code == 404
        assert desk.post(f"{LIST}/{wrong.pk}", keyed(end="1")).status_code == 404
    for who in ("audit_admin", "security_admin"):
        assert town.desk(who).get(LIST).status_code == 403
    assert Snippet.objects.filter(ended_at=None).count() == 3


def test_one_is_changed_and_ended_and_both_are_facts(town: Town) -> None:
    add(town, OFFICER, "unit")
    [kept] = Snippet.objects.all()
    desk = town.desk(LEADER)

    changed = desk.post(f"{LIST}/{kept.pk}", keyed(title="路灯已修", words="修好了。"))
    same = desk.post(f"{LIST}/{kept.pk}", keyed(title="路灯已修", words="修好了。"))
    ended = desk.post(f"{LIST}/{kept.pk}", keyed(end="1"))
    gone = desk.post(f"{LIST}/{kept.pk}", keyed(end="1"))

    assert [changed.status_code, same.status_code, ended.status_code, gone.status_code] == [302, 302, 302, 404]
    assert kinds_of(f"snippets/{town.code}") == ["SnippetAdded", "SnippetChanged", "SnippetEnded"]
    assert titles(town, OFFICER) == []
    assert add(town, OFFICER, "unit", "路灯已修").status_code == 302
    assert "停用常用语" in plain(town.desk("audit_admin").get("/records/?kind=snippets"))


@pytest.mark.parametrize(
    ("title", "words", "said"),
    [
        ("请联系", "请致电 13812345678。", "不能有手机号"),
        ("张三丰的电话 13812345678", "请查看。", "不能有手机号"),
        ("", "请查看。", "请填写标题"),
        (" \u200b", "请查看。", "请填写标题"),
        ("长" * 31, "请查看。", "最多30个字"),
        ("感谢来电", "再次感谢。", "已有标题为“感谢来电”的常用语"),
    ],
)
def test_what_names_somebody_is_empty_long_or_there_already_is_refused(
    town: Town, title: str, words: str, said: str
) -> None:
    add(town, "office", "city", "感谢来电")

    answer = add(town, "office", "city", title, words)

    assert answer.status_code == 422
    assert said in plain(answer)
    assert Snippet.objects.count() == 1


def test_one_press_puts_it_into_the_answer_without_scripts_and_carries_nothing_out(town: Town) -> None:
    add(town, OFFICER, "unit")
    order = town.handled()
    town.act(order, LEADER, "approve_reply")
    [kept] = Snippet.objects.all()
    desk = town.desk(OFFICER)
    address = f"/orders/{order}/do/reply/"
    sent = form_of(desk, order, "reply", text="您好。", channel="phone", kind="final")
    before = steps(order)

    shown = desk.post(address, {**sent, "insert": f"text:{kept.pk}"})

    assert shown.status_code == 200
    assert "您好。\n已派人修复，请查看。</textarea>" in text_of(shown)
    assert f'value="{sent["key"]}"' in text_of(shown)
    assert 'value="phone" selected' in text_of(shown)
    assert "请填写" not in plain(shown).split("常用语")[0]
    assert steps(order) == before
    assert desk.post(address, {**sent, "text": "您好。\n已派人修复，请查看。"}).status_code == 302
    assert "已派人修复" in text_of(desk.get(f"/orders/{order}/"))


@pytest.mark.parametrize("pressed", ["text:{other}", "text:0", "text:x", "channel:{own}", "nothing:{own}", ""])
def test_what_is_not_offered_or_fits_nowhere_changes_nothing(town: Town, pressed: str) -> None:
    add(town, OFFICER, "unit")
    add(town, ELSEWHERE, "unit", "别处的")
    own, other = Snippet.objects.order_by("id")
    order = town.handled()
    desk = town.desk(OFFICER)

    button = pressed.format(own=own.pk, other=other.pk)
    shown = desk.post(f"/orders/{order}/do/reply/", keyed(text="您好。", channel="phone", insert=button))

    assert shown.status_code == 200
    assert "您好。</textarea>" in text_of(shown)
    assert "已停用或不归您管" in plain(shown)
    assert row(order).status == "HANDLING"


def test_a_seat_answers_on_the_line_with_one(town: Town) -> None:
    add(town, "office", "city", "营业时间", "工作日九点至十七点。")
    [kept] = Snippet.objects.all()
    desk = town.desk("seat")

    opened = text_of(desk.get("/orders/new"))
    shown = text_of(
        desk.post("/orders/new", keyed(content="几点开门", phone="13812345678", insert=f"answer_text:{kept.pk}"))
    )

    assert f'name="insert" value="answer_text:{kept.pk}" form="registration"' in opened
    assert "工作日九点至十七点。</textarea>" in shown
    assert "几点开门</textarea>" in shown
    assert '<details id="answer" open>' in shown
    assert not Snippet.objects.exclude(pk=kept.pk).exists()


def test_the_enter_key_sends_the_form_and_puts_nothing_in(town: Town) -> None:
    """The first button of a form is the Enter key's."""
    add(town, OFFICER, "unit")
    order = town.handled()

    shown = text_of(town.desk(OFFICER).get(f"/orders/{order}/do/reply/"))

    form = shown[shown.index(f'action="/orders/{order}/do/reply/"') :]
    first = form[form.index("<button") :].split(">")[0]
    assert "insert" not in first
    assert 'type="submit"' in first


def test_titles_are_found_by_how_they_are_read(town: Town) -> None:
    add(town, "office", "city", "路灯已修复")
    add(town, "office", "city", "重新铺设", "已重新铺设。")

    assert titles(town, "seat", "ldyx") == ["路灯已修复"]
    assert titles(town, "seat", "CXPS") == ["重新铺设"]
    assert titles(town, "seat", "铺设") == ["重新铺设"]
    assert titles(town, "seat", "zz") == []
    assert readings.initials("A 重") == ("ac", "at", "az")


def test_a_renamed_units_go_on_and_another_citys_stay_away(town: Town) -> None:
    from tests import town_ground as towns

    from minsheng.core.people.models import Staff

    add(town, OFFICER, "unit")
    other = towns.build("suqian_c", town.set_clock, pack="suqian")
    change = Change("rename", "城管局", ("综合执法局",))
    successions.carry_out(town.code, change, key="k", actor=town.actor("admin"), now=town.now)

    assert Staff.objects.get(pk=town.staff[OFFICER]).unit.name == "综合执法局"  # type: ignore[union-attr]
    assert titles(town, OFFICER) == ["路灯已修复"]
    assert titles(other, OFFICER) == []


def test_a_citys_list_is_given_as_a_file_without_what_is_a_persons(town: Town) -> None:
    add(town, "office", "city", "感谢来电")
    add(town, LEADER, "unit")
    add(town, LEADER, "person", "领导的")

    given = town.desk("admin").get(LIST, {"export": "csv"})
    refused = town.desk("seat").get(LIST, {"export": "csv"})

    assert [title in text_of(given) for title in ("感谢来电", "路灯已修复", "领导的")] == [True, True, False]
    assert kinds_of(f"administration/{town.code}") == ["ListExported"]
    assert "text/html" in refused["Content-Type"]


def test_a_unit_must_exist(town: Town) -> None:
    from minsheng.domain.rejected import Rejected

    with pytest.raises(Rejected):
        actions.add(town.code, "unit", "题", "文", unit="没有的局", actor=town.actor("admin"), now=town.now)


def test_the_auditor_is_offered_them_where_an_answer_is_sent_back(town: Town) -> None:
    add(town, "auditor", "person", "缺联系人", "请写明联系人和电话。")
    [kept] = Snippet.objects.all()
    order = town.replied()

    shown = text_of(town.desk("auditor").get(f"/orders/{order}/"))

    form = shown[shown.index(f'action="/orders/{order}/do/reject_audit/"') :].split("</form>")[0]
    assert f':{kept.pk}" data-insert=' in form
    assert ">缺联系人</button>" in form
