"""Codes of regions, their tree, and the region that a place's words name for certain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain import regions
from minsheng.domain.regions import Region, Tree

TREE = Tree.of(
    [
        Region("320500", "苏州市"),
        Region("320506", "吴中区", "320500"),
        Region("320508", "姑苏区", "320500"),
        Region("320571", "工业园区", "320500"),
        Region("320506001", "长桥街道", "320506"),
        Region("320506002", "城东街道", "320506"),
        Region("320508001", "城东街道", "320508"),
        Region("320508001003", "桃源社区", "320508001"),
        Region("320508002", "桃源社区路街道", "320508"),
    ]
)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("320000", "province"),
        ("320500", "city"),
        ("320506", "county"),
        ("320506001", "town"),
        ("320506001003", "village"),
        ("110000", "province"),
        ("429004", "county"),
        ("320000000000", "province"),
        ("320500000000", "city"),
        ("320506000000", "county"),
        ("320506000", "county"),
        ("320506001000", "town"),
        ("320506100000", "town"),
        ("320506001100", "village"),
    ],
)
def test_a_code_says_its_level(code: str, level: str) -> None:
    assert regions.is_code(code)
    assert regions.level(code) == level


@pytest.mark.parametrize(
    "code", ["", "3205", "32050", "3205060", "32050600A", "３２０５０６", "3205060010030", "003205"]
)
def test_what_is_no_code(code: str) -> None:
    assert not regions.is_code(code)


@pytest.mark.parametrize(
    ("code", "other", "below"),
    [
        ("320506", "320500", True),
        ("320506", "320000", True),
        ("429004", "420000", True),
        ("320506001", "320506", True),
        ("320506", "320506", False),
        ("320506", "320600", False),
        ("320500", "320506", False),
        ("320508001", "320506", False),
    ],
)
def test_a_code_says_what_it_lies_within(code: str, other: str, below: bool) -> None:
    assert regions.is_below(code, other) is below


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("320000000000", "320000"),
        ("320508000000", "320508"),
        ("320508001000", "320508001"),
        ("320508001000000", "320508001"),
        ("320508001001", "320508001001"),
        ("320508001100", "320508001100"),
        ("320500", "320500"),
        ("", ""),
    ],
)
def test_a_code_that_is_filled_up_with_noughts_is_the_shortest(code: str, short: str) -> None:
    assert regions.shortest(code) == short


def test_what_lies_within_a_code_that_is_filled_up() -> None:
    assert regions.is_below("320508001001", "320508001000")
    assert regions.is_below("320508001000", "320500000000")
    assert not regions.is_below("320508000000", "320508")
    assert regions.nearest_above("320508001001", ["320508001000", "320508000000"]) == "320508001000"


def test_the_nearest_region_above_may_skip_a_level() -> None:
    assert regions.nearest_above("429004", ["420000", "420100", "320000"]) == "420000"
    assert regions.nearest_above("320506001003", TREE.by_code) == "320506001"
    assert regions.nearest_above("330100", TREE.by_code) == ""


def test_a_chain_leads_up_and_a_level_is_found_in_it() -> None:
    assert [each.name for each in TREE.chain("320508001003")] == ["桃源社区", "城东街道", "姑苏区", "苏州市"]
    assert TREE.chain("999999") == []
    assert TREE.at_level("320508001003", "county") == TREE.by_code["320508"]
    assert TREE.at_level("320500", "county") is None


@pytest.mark.parametrize(
    ("codes", "name"),
    [
        ([], None),
        (["320506001"], "长桥街道"),
        (["320506001", "320506002"], "吴中区"),
        (["320506001", "320508001"], "苏州市"),
        (["320506001", "999999"], None),
    ],
)
def test_what_regions_have_in_common(codes: list[str], name: str | None) -> None:
    found = TREE.common(codes)

    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("姑苏区城东街道12号", "320508001"),
        ("吴中区城东街道", "320506002"),
        ("城东街道12号", "320500"),
        ("苏州市姑苏区", "320508"),
        ("姑苏区城东街道桃源社区3幢", "320508001003"),
        ("姑苏区桃源社区路街道", "320508002"),
        ("长桥街道与姑苏区交界", "320500"),
        ("吴中区与姑苏区交界", "320500"),
        ("工业园区星湖街", "320571"),
        ("人民路1号", None),
        ("", None),
    ],
)
def test_the_smallest_region_that_a_place_names_for_certain(text: str, code: str | None) -> None:
    found = TREE.place(text)

    assert (found.code if found else None) == code


@given(st.lists(st.sampled_from(sorted(TREE.by_code)), max_size=3))
def test_a_place_is_never_in_a_region_that_is_not_above_one_it_names(codes: list[str]) -> None:
    text = "，".join(TREE.by_code[code].name for code in codes)
    found = TREE.place(text)

    assert found is None or any(found in TREE.chain(each.code) for each in TREE.by_code.values() if each.name in text)
