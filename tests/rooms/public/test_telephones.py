"""Which telephones citizens may give: a mobile where a code is sent, also a landline where they are called."""

from __future__ import annotations

import pytest
from tests.town_ground import Town
from tests.visiting_ground import ANSWERS, Citizen

from minsheng.public.citizens.models import PhoneCode
from minsheng.public.portal import filings
from minsheng.public.portal.models import Draft

MOBILES = ("13800001111", "138 0000-1111", "+86 13800001111", "0086-138-0000-1111", "１３８００００１１１１")
# Without an area code it is the city's own.
LANDLINES = ("0510-86881234", "86881234", "010 12345678", "(0510)8688123", "０５１０－８６８８１２３４")
NEITHER = (
    "1380001111", "138000011112", "12345", "10086", "110", "8688123", "12800001111", "051-1234567", "00000000000",
    "abc",
)  # fmt: skip


@pytest.mark.parametrize("phone", MOBILES)
def test_a_code_is_sent_to_a_mobile(town: Town, phone: str) -> None:
    assert Citizen(town.code).asked("sign-in", {"phone": phone}).status_code == 302


@pytest.mark.parametrize("phone", [*NEITHER, *LANDLINES])
def test_no_code_is_sent_to_anything_else_and_the_page_says_what_to_write(town: Town, phone: str) -> None:
    answer = Citizen(town.code).asked("sign-in", {"phone": phone})

    assert answer.status_code == 422
    assert "请填写以 1 开头的 11 位手机号码" in answer.content.decode()
    assert not PhoneCode.objects.exists()


@pytest.mark.parametrize("phone", [*MOBILES, *LANDLINES])
def test_who_files_may_be_called_on_a_mobile_or_a_landline_with_its_area(town: Town, phone: str) -> None:
    citizen = Citizen(town.code)
    citizen.begin()

    assert citizen.post("file/contact", {**ANSWERS["contact"], "phone": phone}).status_code == 302

    kept = filings.kept(Draft.objects.get().pk, city=town.code, now=town.now)
    assert kept is not None
    assert kept.answers["phone"].isascii()
    assert kept.answers["phone"].isdecimal()


@pytest.mark.parametrize("phone", NEITHER)
def test_other_numbers_are_refused_with_what_to_write(town: Town, phone: str) -> None:
    citizen = Citizen(town.code)
    citizen.begin()

    answer = citizen.post("file/contact", {**ANSWERS["contact"], "phone": phone})

    assert answer.status_code == 422
    assert "请填写 11 位手机号，或带区号的固定电话" in answer.content.decode()
