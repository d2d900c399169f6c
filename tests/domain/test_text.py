"""Text where it enters: control characters, line ends, what shows nothing, and what spreadsheets would compute."""

from __future__ import annotations

import pytest

from minsheng.domain import text
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.fields import Malformed, plain_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("甲\r\n乙\r丙", "甲\n乙\n丙"),
        # What word processors put for a line's end.
        ("甲\x0b乙\x0c丙\u2028丁\x85戊", "甲\n乙\n丙\n丁\n戊"),
        ("路\x08灯\x1b不\x7f亮\x9f", "路灯不亮"),
        ("路灯\ufffe\uffff\ufdd0", "路灯"),
        ("\t路灯 \n", "\t路灯 \n"),
        # Beside something that can be seen, what cannot stays: names of some peoples need it.
        ("\u200b路\u200d灯", "\u200b路\u200d灯"),
        ("\u200b\u2060 \ufeff\u3164\u0301\n", ""),
        ("\x08", ""),
        # Never from a keyboard: these are refused, not cleaned.
        ("\0", "\0"),
        ("\ud800", "\ud800"),
    ],
)
def test_text_is_cleaned(typed: str, kept: str) -> None:
    assert text.cleaned(typed) == kept
    assert text.cleaned_values({"a": [typed, 1], "b": {"c": typed}}) == {"a": [kept, 1], "b": {"c": kept}}


def test_a_commands_text_that_shows_nothing_is_missing() -> None:
    built = cmd.build("register", {"content": "\u200b\u2800", "place": " \u3000"}, zone=None)

    assert isinstance(built, cmd.Register)
    assert (built.content, built.place) == ("", "")


def test_a_lines_end_counts_as_one_character() -> None:
    assert len(plain_text("remark", "字\r\n" * 250, limit=500)) == 499
    with pytest.raises(Malformed):
        plain_text("remark", "字\r\n" * 251 + "字", limit=500)


@pytest.mark.parametrize("written", ["=1+1", "+86", "-1", "@x", "\t=1", " =1", "\u3000=1", "＝1"])
def test_a_formula_is_disarmed_and_comes_back_as_it_was(written: str) -> None:
    assert text.for_spreadsheets(written) == f"'{written}"
    assert text.from_spreadsheets(f"'{written}") == written


@pytest.mark.parametrize("written", ["路灯", "'路灯'", "''=1", "1-1", ""])
def test_other_text_stays(written: str) -> None:
    assert text.for_spreadsheets(written) == written
    assert text.from_spreadsheets(written) == written


def test_what_no_column_can_hold_goes_from_an_address() -> None:
    assert text.kept_of("城管\0局\ud800") == "城管局"
