"""The English catalogue: every Chinese sentence that people see is in it, translated, with the same placeholders."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from django import forms
from django.test import Client
from django.utils import translation
from tests.town_ground import Town

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))

import messages  # noqa: E402 - the script beside the Makefile

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def town(db: None, test_clock: object) -> Town:
    """Return a town under jiangyin's rules."""
    from tests import town_ground as towns

    return towns.build("jiangyin", test_clock)  # type: ignore[arg-type]


def test_every_sentence_is_in_the_catalogue_and_nothing_else() -> None:
    known = messages.read(messages.CATALOGUE)
    written = {each if isinstance(each, str) else each[0] for each in messages.gather()}
    kept = {each.id if isinstance(each.id, str) else each.id[0] for each in known if each.id}

    assert written - kept == set(), "make messages"
    assert kept - written == set(), "make messages"


def test_every_sentence_is_translated_with_its_placeholders() -> None:
    assert messages.untranslated(messages.read(messages.CATALOGUE)) == []


def test_no_translation_speaks_chinese() -> None:
    known = messages.read(messages.CATALOGUE)

    assert [each.id for each in known if each.id and _CHINESE.search(str(each.string))] == []


def test_the_compiled_catalogue_is_of_the_same_day() -> None:
    compiled = messages.CATALOGUE.with_suffix(".mo").read_bytes()

    assert compiled == messages.compiled(messages.read(messages.CATALOGUE)), "make messages"


def test_refusals_and_labels_are_read_in_the_readers_language() -> None:
    from minsheng import wording
    from minsheng.domain.rejected import Rejected

    with translation.override("en"):
        english = wording.say(Rejected("not_your_unit")), wording.STATES["HANDLING"]
    chinese = wording.say(Rejected("not_your_unit")), wording.STATES["HANDLING"]

    assert not any(_CHINESE.search(each) for each in english)
    assert all(_CHINESE.search(each) for each in chinese)


def test_pages_in_english_show_no_sentence_of_the_catalogue(town: Town) -> None:
    order = town.handled(content="abc", place="def")
    shown = {
        "dispatcher": ("/", f"/orders/{order}/", "/find"),
        "officer@城管局": ("/", f"/orders/{order}/", f"/orders/{order}/do/reply/", f"/orders/{order}/print"),
        "seat": ("/orders/new",),
        "auditor": ("/",),
        "supervisor": ("/", "/supervision", "/notices/"),
    }
    sentences = {
        each.id if isinstance(each.id, str) else each.id[0] for each in messages.read(messages.CATALOGUE) if each.id
    }
    left: set[str] = set()

    for name, paths in shown.items():
        client = town.desk(name)
        client.cookies["language"] = "en"
        for path in paths:
            left |= _texts(client, path) & sentences

    # Names that are data: a unit, a basis, a kind of the pack that somebody typed.
    assert left <= {"权责清单"}


def _texts(client: Client, path: str) -> set[str]:
    """Return the pieces of text between the tags of a page."""
    page = re.sub(r"<(script|option)[^>]*>.*?</\1>", "", client.get(path).content.decode(), flags=re.DOTALL)
    return {each.strip() for each in re.split(r"<[^>]+>", page) if _CHINESE.search(each)}


def test_django_speaks_our_words_on_forms() -> None:
    class Given(forms.Form):
        name = forms.CharField(max_length=3)
        kind = forms.ChoiceField(choices=[("a", "甲")])
        count = forms.IntegerField(max_value=9)

    with translation.override("zh-hans"):
        empty = Given({}).errors.as_data()
        wrong = Given({"name": "太长的名", "kind": "b", "count": "10"}).errors

        assert [str(each[0].message) for each in empty.values()] == ["请填写这一项。"] * 3
        assert wrong == {
            "name": ["最多 3 个字，现有 4 个，请删减。"],
            "kind": ["没有“b”这个选项，请重新选择。"],
            "count": ["不能大于 9，请核对。"],
        }


def test_compiled_words_are_those_of_the_catalog() -> None:
    made = messages.compiled(messages.read(messages.DJANGOS, locale="zh_Hans"))

    assert messages.DJANGOS.with_suffix(".mo").read_bytes() == made
