"""Which days people's terms, shifts and endings may name: "for ever" is no day, and one that far off is a slip."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from minsheng.core.ledger.values import ZONE
from minsheng.domain.rejected import Rejected

FIRST: Final = date(1949, 10, 1)
LAST: Final = date(2199, 12, 31)


def check(*days: date | datetime | None, is_open: bool = False) -> None:
    """Raise Rejected `day_out_of_range` for a day that nobody can mean.

    `is_open`: one that may be left out, which the sentence then says (`open_day_out_of_range`).
    """
    for each in days:
        day = each.astimezone(ZONE).date() if isinstance(each, datetime) else each
        if day is not None and not FIRST <= day <= LAST:
            code = "open_day_out_of_range" if is_open else "day_out_of_range"
            raise Rejected(code, on=str(day), first=str(FIRST), last=str(LAST))
