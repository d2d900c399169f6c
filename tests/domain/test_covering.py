"""Who somebody is, is covered in what was said, however it was typed. Clauses: JY-8d, SZ-26."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain import covering, personal
from minsheng.domain.covering import Own

OWN = Own("陆晓禾", "13000000001", "32028119850315123X", "江阴市澄江街道桃源路一号2幢301室")
# A name in ten spellings, and a number, an identity number, an address in some.
NAMES = (
    "陆晓禾", "陆 晓 禾", "陆　晓　禾", "陆\u200b晓\u200d禾", "陆·晓·禾", "陆-晓-禾", "陸曉禾",
    "【陆】晓禾", "陆\n晓禾", "陆*晓*禾",
    "陆\ufe0f晓\u00ad禾", "陆_晓_禾", "陆\u00a0晓\u2011禾", "陆晓\ufe0f禾",
)  # fmt: skip
PHONES = (
    "13000000001", "130 0000 0001", "130-0000-0001", "１３００００００００１", "一三〇〇〇〇〇〇〇〇一",
    "幺三零零零零零零零零幺", "+86 130 0000 0001", "130\u200b0000\u200b0001", "1.3.0.0.0.0.0.0.0.0.1",
    "①③〇〇〇〇〇〇〇〇①", "①③⓪⓪⓪⓪⓪⓪⓪⓪①", "𝟏𝟑𝟎𝟎𝟎𝟎𝟎𝟎𝟎𝟎𝟏", "١٣٠٠٠٠٠٠٠٠١", "⒈⒊00000000⒈", "130\u00a00000\u00a00001",
    "130  0000  0001", "130，0000\r\n0001", "l3OOOOOOOO1",
)  # fmt: skip
NUMBERS = (
    "32028119850315123X",
    "320281 19850315 123x",
    "３２０２８１１９８５０３１５１２３Ｘ",
    "320281-1985-0315-123X",
)
ADDRESSES = (
    "江阴市澄江街道桃源路一号2幢301室", "澄江街道桃源路1号2幢301室", "桃源路 1 号 2 幢 301 室",
    "桃源路一号二幢三〇一室",
    "桃源路①号２幢３０１室",
)  # fmt: skip


@pytest.mark.parametrize("typed", NAMES)
def test_the_name_is_covered(typed: str) -> None:
    shown = covering.covered(f"反映人{typed}的车被划。", own=OWN)

    assert shown.replace("【", "") == "反映人陆某的车被划。"


@pytest.mark.parametrize("typed", PHONES)
def test_the_telephone_is_covered(typed: str) -> None:
    shown = covering.covered(f"请回电{typed}，谢谢", own=OWN, found=False)

    assert shown in ("请回电[电话]，谢谢", "请回电+86 [电话]，谢谢")


@pytest.mark.parametrize("typed", NUMBERS)
def test_the_identity_number_is_covered(typed: str) -> None:
    assert covering.covered(f"证号{typed}。", own=OWN, found=False) == "证号[证件号码]。"


@pytest.mark.parametrize("typed", ADDRESSES)
def test_the_address_keeps_its_street_alone(typed: str) -> None:
    shown = covering.covered(f"我住{typed}", own=OWN, found=False)

    assert shown.endswith("桃源路某号某幢某室")
    assert not any(letter.isdigit() for letter in shown)


@pytest.mark.parametrize(
    "typed",
    [
        "桃源路12-305",
        "桃源路12#305",
        "桃源路十二幢三〇五室",
        "桃源路12号楼305",
        "桃源路12栋3单元305",
        "桃源路 12 楼 305 户",
        "澄江街道桃源路十二号三零五",
    ],
)
def test_the_address_is_known_by_its_name_and_its_numbers(typed: str) -> None:
    own = Own(address="江阴市澄江街道桃源路12幢305室" if "单元" not in typed else "桃源路12幢3单元305室")

    shown = covering.covered(f"家在{typed}，噪音大", own=own, found=False)

    assert not any(letter.isdigit() or letter in "十三五" for letter in shown), shown
    assert shown.endswith("，噪音大")


@pytest.mark.parametrize("typed", ["桃源路12幢306室", "桃源路12-3051", "梨园路12-305", "桃源路十三幢305"])
def test_another_address_stays(typed: str) -> None:
    own = Own(address="江阴市澄江街道桃源路12幢305室")

    assert covering.covered(f"在{typed}", own=own, found=False) == f"在{typed}"


@pytest.mark.parametrize(
    ("said", "number"), [("二十三幢", "23"), ("二十幢", "20"), ("十幢", "10"), ("十二幢", "12"), ("一百幢", "1百")]
)
def test_tens_are_numbers(said: str, number: str) -> None:
    assert covering._unparted(said)[0] == number


@pytest.mark.parametrize("typed", ["尾号0001", "末四位：0001", "130****0001", "130xxxx0001", "后四位是 0001"])
def test_the_telephone_is_known_by_its_ends(typed: str) -> None:
    shown = covering.covered(f"我的电话{typed}。", own=OWN, found=False)

    assert "0001" not in shown
    # Two people with one telephone, as in a family.
    assert covering.covered(f"我的电话{typed}。", own=OWN, also=(Own(phone=OWN.phone),), found=False) == shown
    assert "尾号0002" in covering.covered("尾号0002", own=OWN, found=False)
    assert "尾号00012" in covering.covered("尾号00012", own=OWN, found=False)


def test_an_address_without_a_number_is_covered_as_a_whole() -> None:
    assert covering.covered("家在桃源里东头", own=Own(address="桃源里东头")) == "家在[住址]"


def test_a_line_is_known_without_the_code_of_its_area() -> None:
    own = Own(phone="0510-86861234")

    assert covering.covered("打86861234", own=own, found=False) == "打[电话]"
    assert covering.covered("打0510 8686 1234", own=own, found=False) == "打[电话]"


def test_a_line_is_known_without_its_extension() -> None:
    own = Own(phone="051086861234-803")

    for typed in ("0510-86861234转803", "0510-86861234-803", "051086861234", "86861234"):
        assert covering.covered(f"打{typed}", own=own, found=False).startswith("打[电话]")


def test_what_the_finder_finds_is_covered_too_unless_only_the_appellant_is_meant() -> None:
    said = "邻居电话13911112222，陆晓禾"

    assert covering.covered(said, own=OWN) == "邻居电话[电话]，陆某"
    assert covering.covered("我的电话13000000001", own=OWN) == "我的电话[电话]"
    assert covering.covered(said, own=OWN, found=False) == "邻居电话13911112222，陆某"
    assert covering.covered(said) == "邻居电话[电话]，陆晓禾"


def test_pieces_say_what_was_covered() -> None:
    made = covering.pieces("陆晓禾住3幢502室", own=OWN)

    assert [(piece.text, piece.kind) for piece in made] == [
        ("陆某", personal.NAME), ("住", ""), ("某幢某室", personal.ADDRESS),
    ]  # fmt: skip


def test_a_numeral_of_a_name_is_no_number() -> None:
    assert covering.covered("63号楼，63元", own=Own("陆三")) == "63号楼，63元"
    assert covering.covered("陆三来电", own=Own("陆三")) == "陆某来电"


def test_a_letter_of_the_radicals_is_the_letter_that_it_looks_like() -> None:
    assert covering.covered("找陆⼩曼", own=Own("陆小曼")) == "找陆某"
    assert covering.covered("找⻢⻰", own=Own("马龙")) == "找马某"
    assert covering.covered("找Jose\u0301 Lu", own=Own("José Lu"), found=False) == "找J某"
    assert covering.covered("找⼩曼", own=Own("⼩曼")) == "找小某"


def test_what_is_not_covered_stays_as_it_was_typed() -> None:
    said = "陆\u200b晓禾：Ⅲ期①号楼，1\ufe0f\u20e3楼，é"

    assert covering.covered(said, own=OWN) == "陆某：Ⅲ期①号楼，1\ufe0f\u20e3楼，é"


def test_what_is_too_short_says_nothing() -> None:
    assert covering.covered("陆家嘴12号", own=Own("陆", "12", "12", "12号")) == "陆家嘴12号"


@given(st.text(), st.text(max_size=8))
def test_a_text_without_anybody_comes_back_as_it_is_and_no_text_breaks_it(said: str, name: str) -> None:
    assert covering.covered(said, found=False) == said
    shown = covering.covered(said + name + said, own=Own(name=name))
    assert isinstance(shown, str)


@given(st.text(alphabet="陆晓禾 的人行道1", max_size=30))
def test_the_name_never_stands_in_what_is_shown(said: str) -> None:
    assert "陆晓禾" not in covering.covered(said, own=OWN)


@pytest.mark.parametrize(
    ("text", "is_cover"),
    [
        ("我是张三，电话19900001234。", True),
        ("我是张三，电话19900001234。\r\n", True),
        ("我是张某，电话[电话]。", True),
        ("我是**，电话***。", True),
        ("*", True),
        ("我是张三，电话[电话]", True),  # the full stop is covered with it
        ("我叫张某，电话[电话]。", False),
        ("我是张某，谢谢，电话[电话]。", False),
        ("*电话*张*", False),
        ("我是张三", False),
        ("我是某是张三，电话19900001234。", False),
    ],
)
def test_a_cover_takes_letters_away_and_adds_none(text: str, is_cover: bool) -> None:
    assert covering.is_cover_of(text, "我是张三，电话19900001234。") is is_cover


@given(st.text(max_size=60))
def test_what_the_finder_covers_is_a_cover_of_what_was_said(said: str) -> None:
    assert covering.is_cover_of(said, said)
    assert covering.is_cover_of("*", said)


def test_names_are_compared_in_one_spelling() -> None:
    assert covering.spelt("陸Xiao") == "陆xiao"
