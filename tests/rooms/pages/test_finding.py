"""Everything that a feature shows to somebody is found by its words, and by nobody else. Clauses: JY-8d, JY-12."""

from __future__ import annotations

import html
import re
from datetime import date
from functools import partial
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import connection
from tests.leaks_ground import SPELLINGS, told
from tests.secrets_ground import PHONE
from tests.town_ground import Town
from tests.toy_ground import AskKey
from tests.toy_rows_ground import FEATURE, KIND, LoanRow

from minsheng.core.features import queries as features
from minsheng.core.features.values import Found
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.people import contacts
from minsheng.core.people.models import Staff
from minsheng.core.people.queries import person_of
from minsheng.figures.reports import actions as reports


@pytest.fixture
def full(town: Town, settings: LazySettings) -> Town:
    """A town with a report, a contact and a key that somebody is named beside."""
    with connection.schema_editor() as editor:
        editor.create_model(LoanRow)
    settings.FEATURES = [*settings.FEATURES[:-1], FEATURE, settings.FEATURES[-1]]
    by = town.actor("officer@城管局")
    contacts.change(
        town.code, post="经办人", person="钱经办", phone="0512-86860000", effective_on=date(2026, 9, 18), actor=by,
        now=town.now,
    )  # fmt: skip
    room = f"档案室，联系人：{SPELLINGS[0]}，电话{PHONE}"
    made = partial(_row, city=town.code, room=room)
    lifecycles.begin(KIND, AskKey(room=room), city=town.code, by=by, now=town.now, made=made)
    reports.plan(
        town.code, kind="annual_release", since=date(2025, 1, 1), until=date(2026, 1, 1), actor=town.actor("office"),
        now=town.now,
    )  # fmt: skip
    return town


def _row(id: UUID, city: str, room: str) -> LoanRow:
    return LoanRow(id=id, city_id=city, number="钥000123")


def found(town: Town, who: str, words: str) -> list[Found]:
    person = person_of(Staff.objects.get(pk=town.staff[who]), now=town.now)
    assert person is not None
    return features.found(person, words, now=town.now)


def names(town: Town, who: str, words: str) -> dict[str, list[str]]:
    return {group.name: [hit.title for hit in group.hits] for group in found(town, who, words)}


def page(town: Town, who: str, words: str) -> str:
    answer = town.desk(who).post("/find", {"words": words})
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_groups_of_all_features_stand_on_the_page(full: Town) -> None:
    assert names(full, "office", "钥0001") == {"钥匙": ["钥000123"]}
    assert names(full, "office", "档案室 待出借") == {"钥匙": ["钥000123"]}
    assert names(full, "officer@城管局", "经办人") == {"联系人": ["经办人 钱某"]}
    assert names(full, "office", "城管局 经办人") == {"联系人": ["城管局"]}
    assert list(names(full, "supervisor", "工作情况发布 2025-12-31")) == ["报告"]
    shown = page(full, "office", "钥0001")
    assert ("钥000123" in shown, "/things/loan/" in shown, "<caption>钥匙</caption>" in shown) == (True, True, True)


def test_whatever_is_found_opens_for_who_found_it_and_is_found_by_nobody_else(full: Town) -> None:
    hits = 0
    for who in full.staff:
        if full.desk(who).get("/find").status_code != 200:
            continue
        opens = {
            "钥匙": {"office", "supervisor", "designated_officer"} | {each for each in full.staff if "@城管局" in each}
        }
        for words in ("钥0001", "经办人", "城管局", "工作情况发布"):
            for group in found(full, who, words):
                assert who in opens.get(group.name, {who}), (who, group)
                for hit in group.hits:
                    assert full.desk(who).get(hit.address).status_code == 200, (who, hit)
                    hits += 1
    assert hits > 10
    assert names(full, "officer@住建局", "钱经办") == names(full, "dispatcher", "钱经办") == {}
    assert names(full, "officer@城管局", "工作情况发布") == {}


@pytest.mark.parametrize("words", [SPELLINGS[0], PHONE, PHONE[:7], "陆晓"])
def test_what_is_covered_is_neither_shown_nor_found(full: Town, words: str) -> None:
    (group,) = found(full, "office", "档案室")

    assert told(" ".join(f"{hit.title} {hit.note}" for hit in group.hits)) == []
    assert found(full, "office", words) == []
    assert told(page(full, "office", "档案室")) == []


def test_many_are_cut_off_and_a_percent_sign_is_a_letter(full: Town) -> None:
    made = [
        LoanRow(
            id=UUID(int=number), city_id=full.code, number=f"钥0001{number:03}", status="ASKED", version=1, head=b"",
            state={}, units=["城管局"], target_unit="城管局",
        )
        for number in range(1, 40)
    ]  # fmt: skip
    LoanRow._default_manager.bulk_create(made)

    assert len(names(full, "office", "钥0001")["钥匙"]) == features.FOUND_AT_MOST
    assert names(full, "office", "%%") == {}
    assert len(re.findall("/things/loan/", page(full, "office", "钥0001"))) == features.FOUND_AT_MOST
