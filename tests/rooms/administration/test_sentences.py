"""The sentences that people are sent: a city's own words from a day on, looked at first, and really sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.administration_ground import keyed, kinds_of, plain
from tests.publication_ground import told
from tests.town_ground import Town, text_of
from tests.visiting_ground import Citizen, answered

from minsheng.core.ledger import queries as ledger
from minsheng.core.messages.models import Template
from minsheng.domain.actors import SYSTEM, Actor

LIST = "/administration/messages"
OWN = "您的诉求{number}有答复了。请评价：{link}"


def day(town: Town, **later: float) -> str:
    """Return a day of the town's calendar."""
    return f"{town.now + timedelta(**later):%Y-%m-%d}"


def save(town: Town, words: str, *, kind: str = "answered", on: str = "", **more: str) -> Any:
    """Send the form of a sentence."""
    sent = keyed(words=words, starts_on=on or day(town), **more)
    return town.desk("admin").post(f"{LIST}/{kind}", sent)


def test_words_of_the_city_are_sent_from_their_day_on_and_not_before(town: Town, settings: Any) -> None:
    settings.DEMO, settings.PUBLIC_URL = True, "https://hotline.example"

    assert save(town, OWN, on=day(town, days=1)).status_code == 302
    first = Citizen(town.code).file()
    answered(town, first.id)
    before = [text for _, text in told(town)]
    town.later(days=1)
    second = Citizen(town.code).file()
    answered(town, second.id)
    after = [text for _, text in told(town)]

    assert before[0].startswith(
        "【12345】您反映的事项已有答复，请查看并评价。请点击评价：https://hotline.example/portal/"
    )
    assert after[0].startswith(f"【12345】您的诉求{second.number}有答复了。请评价：https://hotline.example/portal/")
    [fact] = ledger.history(f"messages/{town.code}")
    assert ledger.content(fact)["words"] == OWN
    assert fact.actor["person"] == f"staff:{town.staff['admin']}"


def test_without_a_public_address_the_sentence_with_the_link_is_left_out(town: Town, settings: Any) -> None:
    settings.DEMO, settings.PUBLIC_URL = True, ""
    save(town, OWN)
    row = Citizen(town.code).file()
    answered(town, row.id)

    assert [text for _, text in told(town)] == [f"【12345】您的诉求{row.number}有答复了。"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("您的诉求{nummer}有答复了：{link}", "没有名为{nummer}的内容可填，请删去，或改用：{link}、{number}"),
        ("您的诉求有答复了。", "须有{link}"),
        ("有答复：{link}，{link", "花括号没有配对"),
        ("有答复：{link} {0}", "花括号没有配对"),
        ("有答复：{link}，请致电 13812345678", "不能有手机号"),
        (" \u200b ", "请填写短信用语"),
        ("长" * 301 + "{link}", "最多300个字"),
    ],
)
def test_words_that_can_not_be_sent_are_refused_with_what_to_do(town: Town, words: str, said: str) -> None:
    for more in ({}, {"preview": "1"}):
        answer = save(town, words, **more)
        assert answer.status_code == 422
        assert said in plain(answer)
    assert not Template.objects.exists()


def test_a_preview_shows_an_invented_order_and_keeps_nothing(town: Town) -> None:
    answer = save(town, OWN, preview="1")

    assert "【12345】您的诉求20260918000123有答复了。" in plain(answer)
    assert "2条短信" in plain(answer)
    assert not Template.objects.exists()
    assert kinds_of(f"messages/{town.code}") == []


@pytest.mark.clause("JY-12.4")
def test_words_that_a_clause_gives_are_nobodys_to_change(town: Town, settings: Any) -> None:
    answer = save(town, "您的事已转{unit}，电话{phone}", kind="referral_notice")
    shown = plain(town.desk("admin").get(f"{LIST}/referral_notice"))

    assert answer.status_code == 422
    assert "由JY-12.4规定，不能修改" in plain(answer)
    assert "由JY-12.4规定" in shown
    assert 'name="words"' not in text_of(town.desk("admin").get(f"{LIST}/referral_notice"))
    assert not Template.objects.exists()


def test_versions_are_kept_one_that_is_planned_gives_way_and_the_programs_words_come_back(town: Town) -> None:
    desk = town.desk("admin")
    save(town, OWN, on=day(town, days=5))
    save(town, OWN, on=day(town, days=5))
    save(town, f"{OWN}谢谢。")
    shown = plain(desk.get(f"{LIST}/answered"))
    past = save(town, "过去的。{link}", on=day(town, days=-1))
    town.later(days=6)
    later = plain(desk.get(LIST))
    reset = desk.post(f"{LIST}/answered", keyed(reset="1"))

    assert list(Template.objects.order_by("number").values_list("number", "words")) == [
        (1, OWN), (2, f"{OWN}谢谢。"), (3, ""),
    ]  # fmt: skip
    assert "谢谢" in shown
    assert past.status_code == 422
    assert "施行日期须在今天或以后" in plain(past)
    assert "第2版，自2026-09-18起" in later
    assert reset.status_code == 302
    assert "请查看并评价。请点击评价" in plain(desk.get(LIST))
    assert kinds_of(f"messages/{town.code}") == ["MessageWordsSet"] * 3
    assert "短信用语" in plain(town.desk("audit_admin").get("/records/?kind=messages"))


def test_a_second_press_keeps_one_version_and_nobody_else_comes_in(town: Town) -> None:
    sent = keyed(words=OWN, starts_on=day(town))
    desk = town.desk("admin")

    answers = [desk.post(f"{LIST}/answered", sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Template.objects.count() == 1
    assert desk.get(f"{LIST}/no_such").status_code == 404
    for who in ("seat", "security_admin", "office"):
        assert town.desk(who).get(LIST).status_code == 403
        assert town.desk(who).post(f"{LIST}/answered", keyed(words="a", starts_on="b")).status_code == 403


def test_the_code_to_a_telephone_is_said_in_the_citys_words(town: Town) -> None:
    from minsheng.public.citizens import codes

    sent: list[str] = []

    class Kept:
        name, shows = "kept", False

        def send(self, address: str, text: str, /, *, reference: str) -> None:
            sent.append(text)

    refused = save(town, "请勿告诉他人。", kind="phone_code")
    save(town, "{code}是您的验证码，请勿告诉他人。", kind="phone_code")
    code = codes.send("13000000001", city=town.code, address="127.0.0.1", sms=Kept(), now=town.now)

    assert "须有{code}" in plain(refused)
    assert sent == [f"【12345】{code}是您的验证码，请勿告诉他人。"]


def test_another_citys_words_are_its_own(town: Town, settings: Any) -> None:
    from tests import town_ground as towns

    from minsheng.core.messages import templates

    other = towns.build("suqian_c", town.set_clock, pack="suqian")
    templates.set_words(
        other.code, "closed", "办好了。", starts_on=town.now.date(), actor=Actor(SYSTEM.role), now=town.now
    )

    assert templates.words(town.code, "closed", now=town.now) == ""
    assert "办好了" not in plain(town.desk("admin").get(LIST))
