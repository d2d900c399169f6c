"""The tree of categories: found by name, by what people call a thing, and suggested by a text."""

from __future__ import annotations

import pytest

from minsheng.domain.categories import Categories, Category
from minsheng.gateways import packfiles

LIGHT = Category("1303", "城市管理", "市政设施", "路灯照明", ("路灯不亮",))
ROAD = Category("1301", "城市管理", "市政设施", "道路破损", ("坑洼", "人行道"))
NOISE = Category("5101", "生态环境", "噪声", "施工噪声", ("夜间施工", "路灯旁工地"))
TREE = Categories.of((LIGHT, ROAD, NOISE))


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("路灯", ["1303", "5101"]),  # by name before by word
        ("照明", ["1303"]),  # inside the name
        ("坑洼", ["1301"]),
        ("市政", ["1303", "1301"]),  # by area, in the order of the tree
        ("生态 施工", ["5101"]),  # all words must fit
        ("生态 路面", []),
        ("5101", ["5101"]),
        ("", []),
        ("  ", []),
    ],
)
def test_matching_finds_by_name_then_word_then_place(typed: str, codes: list[str]) -> None:
    assert [leaf.code for leaf in TREE.matching(typed, limit=5)] == codes


def test_matching_gives_no_more_than_wanted() -> None:
    assert len(TREE.matching("市政", limit=1)) == 1


def test_suggested_weighs_the_words_of_a_text() -> None:
    text = "小区门口人行道坑洼不平，路灯不亮"

    assert [leaf.code for leaf in TREE.suggested(text, limit=3)] == ["1301", "1303"]
    assert TREE.suggested("今天天气很好", limit=3) == []


def test_a_path_names_all_levels_and_an_old_code_stands_for_itself() -> None:
    assert TREE.path("1303") == "城市管理 / 市政设施 / 路灯照明"
    assert TREE.path("0000") == "0000"


def test_two_leaves_of_one_code_are_refused() -> None:
    with pytest.raises(ValueError, match="1303"):
        Categories.of((LIGHT, LIGHT))


def test_the_shipped_tree_is_read_whole() -> None:
    tree = packfiles.categories()

    assert len(tree.by_code) > 100
    assert tree.suggested("路口信号灯不亮，行人过街不安全", limit=1) or tree.matching("红绿灯", limit=1)
    assert all(leaf.group and leaf.area and leaf.name for leaf in tree.by_code.values())


class TestChosen:
    """What a form says of a category: a code from the list, or a text typed in full."""

    TREE = Categories.of(
        [
            Category("1", "城市管理", "市容", "噪声"),
            Category("2", "生态环境", "噪声", "噪声"),
            Category("3", "交通出行", "道路", "路灯"),
        ]
    )

    @pytest.mark.parametrize(
        ("code", "text", "found"),
        [
            ("3", "", "3"),
            ("3", "交通出行 / 道路 / 路灯", "3"),
            ("", "交通出行 / 道路 / 路灯", "3"),
            ("", "路灯", "3"),
            ("", "3", "3"),
            ("3", "生态环境 / 噪声 / 噪声", "2"),  # typed on after choosing
            ("3", "别的", None),
            ("", "噪声", None),  # two leaves have that name
            ("9", "", None),
            ("", "", None),
        ],
    )
    def test_it_is_one_leaf_or_none(self, code: str, text: str, found: str | None) -> None:
        leaf = self.TREE.chosen(code=code, text=text)

        assert (leaf.code if leaf else None) == found
