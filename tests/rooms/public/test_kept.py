"""What was typed stays: over the buttons for how pages look, for a day, and until it is begun anew."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.files_ground import PNG
from tests.town_ground import Town
from tests.visiting_ground import ANSWERS, CONTENT, Citizen

from minsheng.public.citizens import limits
from minsheng.public.portal.models import Draft, DraftFile


def wish(citizen: Citizen, step: str, values: dict[str, Any], **more: str) -> Any:
    """Press a button for how pages look, as a browser without scripts does: it is the page's own form that goes."""
    page = citizen.shown(f"file/{step}")
    button = re.search(r'<button form="answers" formaction="([^"]+)" name="(\w+)" value="([\w-]+)"', page)
    assert button is not None
    assert '<form id="answers"' in page
    here = re.search(r'<input type="hidden" name="next" value="([^"]+)" form="answers">', page)
    assert here is not None
    return citizen.client.post(button[1], {**values, "next": here[1], button[2]: button[3], **more})


@pytest.mark.parametrize(
    ("step", "values"),
    [
        ("type", {"type": "complaint"}),
        ("content", {"title": "路灯", "content": "坏了"}),
        ("place", {"place": "滨江路12号"}),
        ("about", {"target_unit": "没有的局"}),
        ("publish", {"publish": "no"}),
        ("contact", {**ANSWERS["contact"], "phone": "12"}),
    ],
)
def test_a_wish_for_how_pages_look_keeps_what_was_typed_right_or_wrong(
    town: Town, step: str, values: dict[str, str]
) -> None:
    citizen = Citizen(town.code)
    if step != "type":
        citizen.begin()

    answer = wish(citizen, step, values)

    assert answer["Location"] == citizen.path(f"file/{step}")
    page = citizen.shown(f"file/{step}")
    assert "data-elder" in page
    assert "有误：" not in page
    for value in values.values():
        assert value in page
    if step in ("type", "publish"):
        assert re.search(rf'value="{next(iter(values.values()))}"[^>]* checked', page)
    assert citizen.get("file/check")["Location"] != citizen.path("file/check")


def test_what_was_typed_is_no_answer_and_gives_way_to_one(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.fill()
    wish(citizen, "content", {"title": "路灯", "content": "坏了"})

    assert "小区东门人行道破损" in citizen.shown("file/check")
    citizen.post("file/content", {"title": "另一件事", "content": CONTENT})

    assert "另一件事" in citizen.shown("file/content")
    assert "另一件事" in citizen.shown("file/check")


def test_files_that_were_chosen_come_along_and_a_refused_one_is_said(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()

    wish(citizen, "files", {"files": SimpleUploadedFile("现场.png", PNG)})
    wish(citizen, "files", {"files": SimpleUploadedFile("a.exe", b"MZ")})

    assert [each.name for each in DraftFile.objects.all()] == ["现场.png"]
    assert "a.exe" in citizen.shown("file/files")


def test_a_wish_without_anything_typed_begins_no_draft_and_too_many_drafts_stop_no_wish(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen = Citizen(town.code)
    wish(citizen, "type", {})
    assert not Draft.objects.exists()
    assert "data-elder" in citizen.shown("file/type")

    def too_often(*_: object, **__: object) -> None:
        raise limits.TooOften(town.now)

    monkeypatch.setattr(limits, "hit", too_often)
    other = Citizen(town.code)
    assert wish(other, "type", {"type": "help"}).status_code == 302
    assert "data-elder" in other.shown("file/type")
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("passed", "resumed"),
    [
        (("type",), "content"),
        (("type", "content"), "place"),
        (("type", "content", "place"), "about"),
        (("type", "content", "place", "about"), "files"),
        (("type", "content", "place", "about", "files"), "publish"),
        (("type", "content", "publish", "contact"), "place"),
        (("type", "content", "place", "about", "files", "publish"), "contact"),
        (("type", "content", "place", "about", "files", "publish", "contact"), "check"),
    ],
)
def test_who_comes_back_is_asked_what_was_not_asked_yet(town: Town, passed: tuple[str, ...], resumed: str) -> None:
    citizen = Citizen(town.code)
    for step in passed:
        citizen.post(f"file/{step}", ANSWERS.get(step, {"onward": "1"}) | ({"place": ""} if step == "place" else {}))

    assert citizen.get("file")["Location"] == citizen.path(f"file/{resumed}?resumed=1")


def test_who_comes_back_may_begin_anew_and_the_draft_is_gone(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()
    citizen.post("file/content", ANSWERS["content"])
    citizen.post("file/files", {"files": SimpleUploadedFile("现场.png", PNG), "upload": "1"})

    page = citizen.client.get(citizen.get("file")["Location"]).content.decode()
    assert f'action="{citizen.path("file/anew")}"' in page
    assert f'action="{citizen.path("file/anew")}"' not in citizen.shown("file/place")
    answer = citizen.post("file/anew", {})

    assert answer["Location"] == citizen.path("file/type")
    assert not Draft.objects.exists()
    assert not DraftFile.objects.exists()
    assert "checked" not in citizen.shown("file/type")
    assert citizen.get("file")["Location"] == citizen.path("file/type")
    assert citizen.post("file/anew", {})["Location"] == citizen.path("file/type")


def test_beginning_anew_takes_nothing_from_what_is_filed(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()

    citizen.post("file/anew", {})

    assert row.number in citizen.shown("file/receipt")


def test_a_wish_after_the_draft_is_gone_says_that_nothing_was_kept(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.begin()
    town.later(hours=25)

    citizen.client.post(citizen.path("file/content/keep"), {"title": "路灯", "elder": "on", "next": "/"})

    assert "没有保存刚才的内容" in citizen.shown("file/type")
