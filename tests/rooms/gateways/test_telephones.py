"""However a number is written it is one; what is none is refused with the reason."""

from __future__ import annotations

import pytest

from minsheng.gateways import telephones


@pytest.mark.parametrize(
    ("number", "ways"),
    [
        (
            "13812345678",
            (
                "138 1234 5678", "013812345678", "+8613812345678", "+86 138-1234-5678", "0086 13812345678",
                "8613812345678", "１３８１２３４５６７８", "138.1234.5678", "138—1234—5678", "(138)12345678",
                "电话：13812345678", "手机号 13812345678", "1381234\u200b5678", " 13812345678\n",
                "13812345678（微信同号）", "13812345678 (同微信)", "138 1234 5678，微信同号", "13812345678（本人）",
                "手机：13812345678【手机同号】",
                "一三八一二三四五六七八", "手机幺叁捌壹贰叁肆伍陆柒捌", "138壹234伍678",
            ),
        ),
        (
            "051086860001",
            (
                "0510-86860001", "(0510)86860001", "0510 8686 0001", "+86-510-86860001", "+86 0510 86860001",
                "0086 510 86860001", "86-510-86860001", "0510－86860001", "电话:0510-86860001",
            ),
        ),
        (
            "051086860001-803",
            (
                "0510-86860001-803", "0510-86860001转803", "051086860001 ext. 803", "0510-86860001分机803",
                "+86 510 86860001 x803",
            ),
        ),
        ("86860001-8", ("86860001转8", "86860001-8")),
        ("86860001", ("8686-0001",)),
        ("4008123456", ("400-812-3456",)),
        ("95588", ("95588",)),
        ("12345", ("12345",)),
        ("+85223456789", ("+852 2345 6789", "00852-23456789")),
        # A foreign number whose digits look like one of ours.
        ("+16502530000", ("+1 650-253-0000",)),
    ],
)  # fmt: skip
def test_every_way_of_writing_leads_to_one_number(number: str, ways: tuple[str, ...]) -> None:
    assert {telephones.normal(way) for way in (number, *ways)} == {number}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("没有", "no_digits"),
        ("", "no_digits"),
        ("110", "too_short"),
        ("1381234567813912345678", "too_long"),
        ("13812345678/13912345678", "two"),
        ("13812345678、0512-65222222", "two"),
        ("13812345678 13912345678", "two"),
        ("13812345678或者13912345678", "two"),
        ("13812345678（13912345678）", "two"),
        ("65222222，13812345678（微信同号）", "two"),
        ("13812345678-13912345678", "two"),
        ("13812345678（王先生）", "remark"),
        ("13812345678 晚上打", "remark"),
        ("王先生 13812345678", "remark"),
        ("0512-65222222（单位总机，不要打）", "remark"),
        ("1381234567", "unknown"),
        ("138123456789", "unknown"),
        ("0510-868600", "unknown"),
        ("13812345678号楼", "unknown"),
        ("+999 123456789", "unknown"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(telephones.NoTelephone) as refused:
        telephones.normal(text)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("65222222", "051265222222"),
        ("6522-2222", "051265222222"),
        ("0512-65222222", "051265222222"),
        ("65222222转803", "051265222222-803"),
        ("0510-86860001", "051086860001"),
        # Neither a landline of the city, nor anybody's at home.
        ("95588", "95588"),
        ("12345", "12345"),
        ("400-812-3456", "4008123456"),
        ("13812345678", "13812345678"),
        # Seven digits can't be dialled in Suzhou: kept as they were written.
        ("6522222", "6522222"),
    ],
)
def test_a_landline_without_its_area_is_the_citys(text: str, number: str) -> None:
    assert telephones.normal(text, area="0512") == number


def test_the_former_forms_of_a_number_are_those_that_earlier_versions_kept() -> None:
    assert telephones.former("13812345678", area="0512") == ("013812345678",)
    assert telephones.former("051265222222", area="0512") == ("65222222",)
    assert telephones.former("051265222222-803", area="0512") == ("65222222-803",)
    assert telephones.former("051086860001", area="0512") == ()
    assert telephones.former("051265222222") == ()
