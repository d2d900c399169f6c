"""Handbooks: every page that a role's navigation leads to has its section, and what they name in 「」 is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import get_resolver
from tests.town_ground import Town, text_of

import minsheng
from minsheng.core.features import queries as features
from minsheng.desks.help import handbooks
from minsheng.domain.actors import CITY_ROLES, UNIT_ROLES

FILES = sorted(handbooks.FOLDER.rglob("*.md"))
CATALOGUE = Path(minsheng.__file__).parent / "app" / "site" / "locale" / "en" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def words() -> set[str]:
    """Return every sentence and label of templates, tables, packs and navigation, as the catalogue has them."""
    from babel.messages.pofile import read_po

    with CATALOGUE.open("rb") as file:
        return {message.id if isinstance(message.id, str) else message.id[0] for message in read_po(file)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_a_handbook_names_is_written_so_in_the_platform(path: Path, words: set[str]) -> None:
    named = re.findall(r"「(.+?)」", path.read_text(encoding="utf-8"))

    assert [each for each in named if each not in words] == []


@pytest.mark.parametrize("role", handbooks.ROLES)
def test_every_page_of_a_roles_navigation_has_its_section(role: str) -> None:
    pages = [page for entry in features.navigation(role) for page in (entry.url, *entry.also)]

    assert [page for page in pages if not handbooks.section_of(role, page)] == []
    assert handbooks.intro(role)


def test_every_section_is_about_pages_that_there_are_and_somebody_has_it() -> None:
    def names(resolver: object, space: str = "") -> set[str]:
        found: set[str] = set()
        for each in resolver.url_patterns:  # type: ignore[attr-defined]
            if hasattr(each, "url_patterns"):
                found |= names(each, f"{each.namespace}:" if each.namespace else space)
            elif each.name:
                found.add(f"{space}{each.name}")
        return found

    there = names(get_resolver())
    read = {each.name for role in handbooks.ROLES for each in handbooks.sections(role)}

    assert [page for each in handbooks.every() for page in each.pages if page not in there] == []
    assert read == {each.name for each in handbooks.every()}
    assert {path.stem for path in FILES if path.parent.name == "roles"} == {*CITY_ROLES, *UNIT_ROLES}


def test_every_page_links_to_its_section_in_the_handbook_of_the_role(town: Town) -> None:
    for who, address, section in (
        ("seat", "/orders/new", "/help/seat#new"),
        ("admin", "/administration/messages", "/help/admin#messages"),
        ("officer@城管局", f"/orders/{town.handled()}/", "/help/officer#order"),
        ("officer@城管局", "/", "/help/officer#queue"),
    ):
        desk = town.desk(who)
        assert f'href="{section}"' in text_of(desk.get(address)), address
        book = text_of(desk.get(section.partition("#")[0]))
        assert f'id="{section.partition("#")[2]}"' in book


def test_everybody_reads_every_handbook_and_strangers_none(town: Town) -> None:
    from django.test import Client

    listed = text_of(town.desk("seat").get("/help"))

    assert listed.index("/help/seat") < listed.index("/help/admin")
    assert "<strong>「登记并提交交办」</strong>" in text_of(town.desk("admin").get("/help/seat"))
    assert town.desk("seat").get("/help/nobody").status_code == 404
    assert Client().get("/help/seat").status_code == 302


def test_markdown_is_escaped() -> None:
    assert handbooks.rendered("<b> & 「退」\n\n1. 甲\n2. 乙\n") == (
        "<p>&lt;b&gt; &amp; <strong>「退」</strong></p>\n<ol><li>甲</li><li>乙</li></ol>"
    )
