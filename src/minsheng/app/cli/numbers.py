"""Numbers on the command line: each with its bounds, so that none goes further than what takes it."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return argparse's type of a whole number between two bounds, both included."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"的值 {text!r} 不是整数") from None
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"的值 {text!r} 不在 {least} 到 {most} 之间")
        return number

    return read


def amount(most: float) -> Callable[[str], float]:
    """Return argparse's type of a number above zero, up to a bound."""

    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"的值 {text!r} 不是数字") from None
        if not 0 < number <= most:
            raise argparse.ArgumentTypeError(f"的值 {text!r} 应大于 0，不超过 {most:g}")
        return number

    return read


# 0: whichever is free.
PORT = whole(0, 65_535)
YEAR = whole(1900, 2999)
# So many days are a century: a date so far off can still be written down.
DAYS = whole(1, 36_500)
COUNT = whole(1, 1_000_000_000)
