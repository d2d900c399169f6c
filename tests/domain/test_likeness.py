"""How like two appeals are, and what a name is found by. Pure."""

from __future__ import annotations

import pytest

from minsheng.domain.likeness import Candidate, Said, marked, pairs, plain, ranked
from minsheng.domain.matching import Fit, matching

LAMP = Candidate("1", "望星路路灯不亮", place="望星路3号", category="1303")


def test_what_is_looked_for_has_small_and_narrow_letters() -> None:
    assert plain("ＫＴＶ夜里吵，Wi-Fi") == "ktv夜里吵,wi-fi"


class TestPairs:
    def test_they_are_neighbors_each_once(self) -> None:
        assert pairs("灯灯灯A") == ["灯灯", "灯a"]

    def test_one_letter_has_none(self) -> None:
        assert pairs("灯") == []


class TestRanking:
    def test_more_shared_letters_come_first(self) -> None:
        said = Said(["路灯", "不亮"])

        found = ranked(said, [Candidate("2", "路灯歪斜"), LAMP], limit=5)

        assert [(each.id, each.shared) for each in found] == [("1", ("路灯", "不亮")), ("2", ("路灯",))]

    def test_of_equals_the_newest_comes_first_and_no_more_than_wanted(self) -> None:
        candidates = [Candidate(id_, "路灯不亮") for id_ in ("1", "3", "2")]

        assert [each.id for each in ranked(Said(["路灯"]), candidates, limit=2)] == ["3", "2"]

    @pytest.mark.parametrize(
        ("said", "is_like"),
        [
            (Said(["噪音"]), False),  # nothing shared
            (Said(["路灯", "行人", "摔倒"]), False),  # one word of many says nothing
            (Said(["路灯", "行人", "摔倒"], place_words=["望星路"]), True),  # unless it is the same place
            (Said(["路灯", "行人", "摔倒"], category="1303"), True),  # or about the same
            (Said(["路灯", "行人", "摔倒"], category="1101"), False),
            (Said(["噪音"], place_words=["望星路"], category="1303"), False),  # a place alone is no matter
        ],
    )
    def test_what_counts_as_like(self, said: Said, is_like: bool) -> None:
        assert bool(ranked(said, [LAMP], limit=5)) is is_like

    def test_it_tells_why(self) -> None:
        (like,) = ranked(Said(["路灯"], place_words=["望星路"], category="1303"), [LAMP], limit=5)

        assert (like.same_place, like.same_category, like.weight) == (True, True, 7)


class TestMarking:
    @pytest.mark.parametrize(
        ("title", "words", "pieces"),
        [
            ("望星路路灯不亮", ["路灯"], [("望星路", False), ("路灯", True), ("不亮", False)]),
            ("路灯不亮", ["不亮", "路灯"], [("路灯不亮", True)]),  # neighbors are one mark
            ("公园a座", ["A座", ""], [("公园", False), ("a座", True)]),  # as it stands in the title
            ("路灯", [], [("路灯", False)]),
            ("(1)路", ["(1"], [("(1", True), (")路", False)]),  # no pattern
        ],
    )
    def test_a_title_in_pieces(self, title: str, words: list[str], pieces: list[tuple[str, bool]]) -> None:
        assert marked(title, words) == pieces


class TestNames:
    NAMES = ("住建局", "市城管局", "城市管理局", "城管中队")

    def test_the_beginning_goes_before_a_part_and_a_part_before_a_short_form(self) -> None:
        found = matching(self.NAMES, "城 管", limit=9)

        assert found == [("城管中队", Fit.BEGINS), ("市城管局", Fit.HOLDS), ("城市管理局", Fit.SHORT)]

    def test_nothing_typed_offers_the_first(self) -> None:
        assert matching(self.NAMES, "  ", limit=2) == [("住建局", Fit.BEGINS), ("市城管局", Fit.BEGINS)]

    def test_what_nobody_is_called_finds_nobody(self) -> None:
        assert matching(self.NAMES, "水利", limit=9) == []
