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
        ("13812345678/13912345678", "too_long"),
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
