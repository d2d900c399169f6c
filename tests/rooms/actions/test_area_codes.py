"""A landline without its area code is the same person's as with it, in the city whose pack says the code.

Clauses: SQ-10.1, JY-8d.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import override

from minsheng.core.ledger import witnesses
from minsheng.core.people import actions, appellants, queries, vault
from minsheng.core.people.models import Appellant
from minsheng.core.policies import actions as policies
from minsheng.core.policies import queries as policy_queries
from minsheng.domain.actors import SYSTEM
from minsheng.public.citizens.forms import MOBILE_OR_LANDLINE, telephone

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CITIES = (("suzhou", "0512", "65222222"), ("jiangyin", "0510", "86860001"), ("suqian", "0527", "84350000"))


@pytest.mark.parametrize(("pack", "area", "line"), CITIES)
@pytest.mark.parametrize("first", ["bare", "whole"])
def test_either_way_leads_to_one_person_and_is_found_by_either(
    db: None, pack: str, area: str, line: str, first: str
) -> None:
    policies.open_city(pack, name=pack, pack=pack, actor=SYSTEM, now=NOW)
    ways = [line, f"{area}-{line}"] if first == "bare" else [f"{area}-{line}", line]

    kept = [_keep(pack, way) for way in ways]

    assert len(set(kept)) == 1
    assert [queries.find_appellant(city=pack, phone=way) for way in ways] == [[kept[0]]] * 2


def test_who_was_kept_without_the_code_before_is_found_by_either_and_called_again(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies.open_city("suzhou", name="苏州", pack="suzhou", actor=SYSTEM, now=NOW)
    with monkeypatch.context() as earlier:
        earlier.setattr(policy_queries, "area_code", lambda city: "")
        before = _keep("suzhou", "65222222")
    clear, _ = queries.opened(Appellant.objects.get(pk=before))

    assert clear.phone == "65222222"
    assert queries.find_appellant(city="suzhou", phone="65222222") == [before]
    assert queries.find_appellant(city="suzhou", phone="0512-65222222") == [before]
    assert _keep("suzhou", "0512 6522 2222") == before
    assert witnesses.compare_all().altered == []


def test_a_city_whose_pack_says_no_code_keeps_numbers_as_they_are_written(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies.open_city("suzhou", name="苏州", pack="suzhou", actor=SYSTEM, now=NOW)
    monkeypatch.setattr(policy_queries, "area_code", lambda city: "")

    kept = {_keep("suzhou", "65222222"), _keep("suzhou", "0512-65222222")}

    assert len(kept) == 2
    assert policy_queries.area_code("nowhere") == ""


def test_a_contact_and_a_roster_are_kept_with_the_code(db: None) -> None:
    policies.open_city("suzhou", name="苏州", pack="suzhou", actor=SYSTEM, now=NOW)
    actions.add_unit("suzhou", name="城管局", joined_on=date(2020, 1, 1), actor=SYSTEM, now=NOW)
    held: dict[str, Any] = {"name": "李工", "phone": "65222222", "effective_on": NOW.date(), "filed_at": NOW}
    actions.set_contact("suzhou", unit="城管局", post="经办人", **held, now=NOW)

    assert queries.contacts("suzhou", unit="城管局", on=NOW.date())["经办人"].phone == "051265222222"


def test_a_citizen_may_leave_the_code_out_and_reads_what_to_do_about_two_numbers() -> None:
    assert telephone("6522 2222", like=MOBILE_OR_LANDLINE, otherwise="-", area="0512") == "051265222222"
    with override("zh-hans"), pytest.raises(Exception, match="一栏只能填一个"):
        telephone("13812345678/13912345678", like=MOBILE_OR_LANDLINE, otherwise="-")
    with override("zh-hans"), pytest.raises(Exception, match="只填号码"):
        telephone("13812345678（王先生）", like=MOBILE_OR_LANDLINE, otherwise="-")


def test_a_remark_that_says_nothing_more_is_left_out_when_somebody_is_kept(db: None) -> None:
    policies.open_city("suzhou", name="苏州", pack="suzhou", actor=SYSTEM, now=NOW)

    kept = {_keep("suzhou", way) for way in ("13812345678（微信同号）", "13812345678")}

    assert len(kept) == 1
    with pytest.raises(vault.BadPhone):
        _keep("suzhou", "13812345678（王先生）")


def _keep(city: str, phone: str) -> UUID:
    return appellants.keep_appellant(city=city, kind="citizen", name="张小民", phone=phone, now=NOW)
