"""Names that nobody sees, that turn a line round or look like another's are refused."""

from __future__ import annotations

import pytest

from minsheng.domain import names
from minsheng.domain.rejected import Rejected


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\u3164", "\u3000\u2060"])
def test_name_that_shows_nothing_is_empty(text: str) -> None:
    with pytest.raises(Rejected) as refused:
        names.checked(text)

    assert refused.value.code == "name_empty"


@pytest.mark.parametrize("text", ["多\n行", "jy_seat\u200b", "林\u202e知夏", "a\x01b", "a\u2028b", "a\ud800"])
def test_name_with_what_nobody_sees_is_refused(text: str) -> None:
    with pytest.raises(Rejected) as refused:
        names.checked(text)

    assert refused.value.code == "name_odd"


def test_name_has_an_end_and_loses_blanks_at_both() -> None:
    assert names.checked(" 市城管局　") == "市城管局"
    assert names.checked("长" * 100) == "长" * 100
    with pytest.raises(Rejected) as refused:
        names.checked("长" * 101)
    assert refused.value.code == "name_too_long"


def test_account_has_no_blanks() -> None:
    assert names.checked_account("wang@城管局") == "wang@城管局"
    with pytest.raises(Rejected) as refused:
        names.checked_account("wang li")
    assert refused.value.code == "username_bad"
