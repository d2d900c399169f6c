"""Accounts: a telephone, a real name from a register, a front name. Clauses: SZ-17a; A-60."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from tests import peers
from tests.town_ground import Town
from tests.visiting_ground import ANSWERS, Citizen, solved

from minsheng.cases.orders import models
from minsheng.cases.orders.storage import queries
from minsheng.core.people import queries as people
from minsheng.core.reach import actions as reach
from minsheng.core.reach import queries as reached
from minsheng.domain.rejected import Rejected
from minsheng.public.citizens import limits
from minsheng.public.citizens.models import Account, PhoneCode

NUMBER = "11010519491231002X"


def verified(citizen: Citizen, name: str = "陆晓禾", number: str = NUMBER) -> Any:
    """Go to the demonstration's register and come back."""
    away = citizen.post("real-name", {})
    return citizen.client.post(away["Location"], {"name": name, "id_number": number})


@pytest.mark.clause("SQ-10.1")
def test_where_the_pack_says_so_nobody_files_online_without_a_real_name(suqian: Town) -> None:
    citizen = Citizen("suqian_c")
    citizen.begin()
    for step in ("type", "content", "place", "about", "publish"):
        citizen.post(f"file/{step}", ANSWERS[step])

    assert "须先完成实名认证" in citizen.shown("file/contact")
    citizen.post("file/contact", ANSWERS["contact"])
    assert citizen.get("file/check")["Location"].endswith("/file/contact")
    citizen.sign_in("13000000001")
    assert "进行实名认证" in citizen.shown("file/contact")
    assert verified(citizen).status_code == 302
    citizen.post("file/contact", {"appellant": "citizen"})
    assert citizen.asked("file/check", {"agreed": "on"}).status_code == 302

    row = models.Order.objects.get()
    assert queries.state_of(row).real_name


@pytest.mark.clause("SQ-10.1")
def test_elsewhere_a_real_name_is_free(town: Town) -> None:
    row = Citizen(town.code).file()

    assert not queries.state_of(row).real_name


def test_who_is_verified_is_in_the_vault_and_others_see_the_front_name(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.sign_in("13000000001")
    verified(citizen)
    citizen.post("account", {"front_name": "爱走路的人"})

    page = citizen.shown("account")
    account = Account.objects.get()
    identity = people.masked([account.appellant_id], city=town.code)[account.appellant_id]

    assert account.level == "REAL_NAME"
    assert "陆**" in page
    assert "陆晓禾" not in page
    assert identity.id_number is not None
    assert account.front_name == "爱走路的人"


@pytest.mark.parametrize("name", ["13000000001", "x" * 25])
def test_a_front_name_tells_nothing(town: Town, name: str) -> None:
    citizen = Citizen(town.code)
    citizen.sign_in("13000000001")

    assert citizen.post("account", {"front_name": name}).status_code == 422
    assert Account.objects.get().front_name == ""


def test_one_person_has_one_account(town: Town) -> None:
    first, second = Citizen(town.code), Citizen(town.code)
    first.sign_in("13000000001")
    verified(first)
    second.sign_in("13000000002")

    verified(second)

    assert "已绑定另一个手机号" in second.shown("account")
    assert Account.objects.filter(level="REAL_NAME").count() == 1


def test_signing_out_forgets_everything(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    citizen.sign_in("13000000001")

    citizen.post("sign-out", {})

    assert citizen.get(f"appeals/{row.number}").status_code == 404
    assert row.number not in citizen.shown("mine")


def test_the_next_address_never_leads_away(town: Town) -> None:
    citizen = Citizen(town.code)
    page = citizen.asked(
        "sign-in?next=https://evil.example/", {"phone": "13000000001", "next": "https://evil.example/"}
    )
    assert page.status_code == 302
    found = re.search(r'<strong class="number">(\d{6})<', citizen.shown("sign-in/code"))
    assert found is not None

    assert citizen.post("sign-in/code", {"code": found[1]})["Location"] == f"/portal/{town.code}/mine"


@pytest.mark.parametrize("limit", [limits.FILE_BY_ADDRESS, limits.CODE_BY_PHONE, limits.ACT_BY_ACCOUNT])
def test_a_count_is_kept_for_its_window_and_no_longer(town: Town, limit: limits.Limit) -> None:
    for _ in range(limit.most):
        limits.hit(limit, "someone", now=town.now)

    with pytest.raises(Rejected, match="too_often"):
        limits.hit(limit, "someone", now=town.now)
    limits.hit(limit, "another", now=town.now)
    limits.hit(limit, "someone", now=town.now + limit.per)


def test_filing_is_counted_by_address_and_by_telephone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_BY_PHONE", limits.Limit("file phone", 1, limits.FILE_BY_PHONE.per))
    Citizen(town.code).file()
    second = Citizen(town.code)
    second.fill()

    answer = second.asked("file/check", {"agreed": "on"})

    assert answer.status_code == 422
    assert "操作过于频繁" in answer.content.decode()
    assert models.Order.objects.count() == 1


def test_counts_hold_no_address_and_no_number(town: Town) -> None:
    from django.contrib.sessions.models import Session

    from minsheng.public.citizens.models import Count

    Citizen(town.code).sign_in("13000000001")
    assert Citizen(town.code).asked("sign-in", {"phone": "13000000002"}).status_code == 302

    kept = repr(list(Count.objects.values())) + repr(list(PhoneCode.objects.values()))
    kept += repr([each.get_decoded() for each in Session.objects.all()])
    assert "127.0.0.1" not in kept
    assert "1300000000" not in kept


@pytest.mark.parametrize("answer", [{}, {"question_answer": "?"}])
def test_no_code_is_sent_without_the_question_answered(town: Town, answer: dict[str, str]) -> None:
    citizen = Citizen(town.code)
    asked = {**solved(citizen.shown("sign-in")), "question_answer": "", **answer}

    refused = citizen.post("sign-in", {"phone": "13000000001", **asked})

    assert refused.status_code == 422
    assert "请重新回答这个问题" in refused.content.decode()
    assert not PhoneCode.objects.exists()


@pytest.mark.slow
def test_a_provider_that_others_made_verifies_a_citizen(town: Town, settings: Any) -> None:
    back = f"http://testserver/portal/{town.code}/real-name/return"
    with peers.openid_provider(back) as issuer:
        settings.OPENID = {
            "issuer": issuer, "client_id": "minsheng", "client_secret": "for-tests-only-0123456789abcdef"
        }  # fmt: skip
        citizen = Citizen(town.code)
        citizen.sign_in("13000000001")

        away = citizen.post("real-name", {})
        link = re.search(r'<a class="button" href="([^"]+)"', away.content.decode())
        assert link is not None
        address = html.unescape(link[1])
        returned = peers.through_the_provider(address, back, login="lu")
        answer = citizen.client.get(returned.removeprefix("http://testserver"))
        again = citizen.client.get(returned.removeprefix("http://testserver"))

    assert address.startswith(f"{issuer}/auth?")
    assert answer.status_code == 302
    assert again.status_code == 302
    account = Account.objects.get()
    assert account.level == "REAL_NAME"
    assert people.masked([account.appellant_id], city=town.code)[account.appellant_id].name == "陆**"


def test_wishes_are_kept_and_no_duty_can_be_turned_off(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.sign_in("13000000001")
    appellant = Account.objects.get().appellant_id
    reach.bind(appellant, city=town.code, channel="mail", address="a@example.com", verified=True, now=town.now)

    assert citizen.post("account/wishes", {"channel": "mail", "language": "en", "no_news": "on"}).status_code == 302
    assert reached.wishes(appellant) == reached.Wishes(("mail",), "en", no_news=True)
    page = citizen.shown("account")
    assert ("电子邮件" in page, "a@example.com" in page, "不能关闭" in page) == (True, False, True)
    assert citizen.post("account/wishes", {"channel": "post"}).status_code == 422
    assert citizen.post("account/wishes", {}).status_code == 302
    assert reached.wishes(appellant) == reached.Wishes()
