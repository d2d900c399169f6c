"""The dispatcher sees in which region a place is and which units serve it, and no more than the page shows of it."""

from __future__ import annotations

import pytest
from tests.secrets_ground import filed
from tests.town_ground import Town, text_of

from minsheng.core.people import regions
from minsheng.domain.actors import SYSTEM


@pytest.fixture
def mapped(town: Town) -> Town:
    """Return the town with a tree of regions, of which two units serve one each."""
    for code, name in (("320281", "江阴市"), ("320281001", "澄江街道"), ("320281002", "南闸街道")):
        regions.put(town.code, code, name, actor=SYSTEM, now=town.now)
    regions.serve(town.code, "住建局", ["320281001"], actor=SYSTEM, now=town.now)
    regions.serve(town.code, "城管局", ["320281"], actor=SYSTEM, now=town.now)
    return town


def panels(town: Town, order: str) -> list[str]:
    dispatcher = town.desk("dispatcher")
    return [text_of(dispatcher.get(path)) for path in (f"/orders/{order}/", f"/orders/{order}/do/dispatch/")]


def test_the_nearest_unit_is_offered_first(mapped: Town) -> None:
    order = filed(mapped, title="路面破损", content="人行道破损", place="江阴市澄江街道虹桥路口")

    for page in panels(mapped, order):
        assert "江阴市 / 澄江街道" in page
        assert page.index('data-fill-unit="住建局"') < page.index('data-fill-unit="城管局"')


def test_a_place_that_names_no_region_for_certain_offers_nobody(mapped: Town) -> None:
    order = filed(mapped, title="路面破损", content="人行道破损", place="虹桥路口")

    for page in panels(mapped, order):
        assert "服务该区划" not in page


def test_a_unit_whose_return_was_accepted_is_not_offered_again(mapped: Town) -> None:
    order = filed(mapped, title="路面破损", content="人行道破损", place="江阴市澄江街道虹桥路口")
    mapped.act(order, "dispatcher", "dispatch", unit="住建局", basis="权责清单")
    mapped.act(order, "officer@住建局", "request_return", reason="不属本单位职责", basis="三定方案", suggest="城管局")
    mapped.act(order, "dispatcher", "accept_return")

    (page, _) = panels(mapped, order)
    assert "江阴市 / 澄江街道" in page
    assert 'data-fill-unit="住建局"' not in page


def test_of_an_address_that_is_covered_the_panel_says_no_more_than_the_page(mapped: Town) -> None:
    order = filed(mapped, title="路面破损", content="人行道破损", place="家住江阴市澄江街道桃源路1号2幢301室")

    (page, _) = panels(mapped, order)
    assert "桃源路1号2幢301室" not in page
    assert ("江阴市 / 澄江街道" in page) == ("澄江街道" in page.split("江阴市 / 澄江街道")[0])
