"""Ratings by a code at a window: signed, once each, a bad one goes to the unit; the code is read back."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import segno
import zxingcpp
from django.test import Client
from PIL import Image
from tests.town_ground import Town, text_of

from minsheng.cases.reviews.models import Review
from minsheng.public.ratings import places
from minsheng.public.ratings.places import Place

PLACE = Place("城管局", "占道许可", "3 号窗口")


def rated(address: str, **fields: Any) -> Any:
    return Client().post(address, {"key": str(uuid4()), "grade": "1", **fields})


@pytest.mark.clause("SZ-30b")
def test_bad_rating_by_the_code_of_a_window_waits_for_the_office(town: Town) -> None:
    page = town.desk("officer@城管局").get(
        "/ratings/code", {"unit": "城管局", "item": "占道许可", "window": "3 号窗口"}
    )
    address = urlsplit(page.context["address"]).path
    drawn = BytesIO()
    segno.make(page.context["address"], error="m").save(drawn, kind="png", scale=4, border=4)
    (read,) = zxingcpp.read_barcodes(Image.open(drawn))
    assert read.text == page.context["address"]
    key = str(uuid4())
    asked = text_of(Client().get(address))
    assert ("占道许可" in asked, "3 号窗口" in asked) == (True, True)

    done = [rated(address, key=key, words="等了两小时，电话13998765432", phone="13900001111") for _ in range(2)]
    assert [each.status_code for each in done] == [302, 302]
    found = Review.objects.get()
    assert (found.status, found.target_unit, found.grade) == ("RECEIVED", "城管局", 1)
    shown = text_of(town.desk("office").get(f"/things/review/{found.pk}/"))
    assert "等了两小时" in shown
    assert not any(each in shown for each in ("13998765432", "13900001111"))


def test_good_rating_needs_nothing_more(town: Town) -> None:
    address = places.address(town.code, PLACE)

    assert rated(address, grade="5").status_code == 302
    assert Review.objects.get().status == "CLOSED"


def test_another_rating_under_the_same_key_is_refused_in_words(town: Town) -> None:
    address, key = places.address(town.code, PLACE), str(uuid4())
    rated(address, key=key, grade="5")

    again = rated(address, key=key, grade="1", words="改主意了")
    assert again.status_code == 422
    assert "请重新扫码" in text_of(again)


def test_other_addresses_and_odd_answers_change_nothing(town: Town) -> None:
    address = places.address(town.code, PLACE)

    assert rated(address.replace(town.code, "elsewhere")).status_code == 404
    assert rated(f"{address}x").status_code == 404
    assert [rated(address, **odd).status_code for odd in ({"grade": ""}, {"grade": "9"}, {"phone": "12"})] == [422] * 3
    assert Review.objects.count() == 0


def test_unit_makes_codes_of_its_own_alone(town: Town) -> None:
    officer = town.desk("officer@城管局")

    assert officer.get("/ratings/code", {"unit": "住建局", "item": "许可"}).status_code == 422
    assert officer.get("/ratings/code", {"unit": "城管局", "item": ""}).status_code == 422
    assert town.desk("seat").get("/ratings/code").status_code == 403
    assert town.desk("office").get("/ratings/code", {"unit": "住建局", "item": "许可"}).status_code == 200
