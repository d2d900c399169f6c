"""Chinese words of a text, by rjieba's dictionary; without those that tell one matter from another in nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

import rjieba

_WORD = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]{2,}")
# What nearly every appeal says.
_EMPTY = frozenset(
    re.findall(
        r"\S+",
        "反映 来电 市民 希望 请求 请问 咨询 投诉 举报 建议 要求 有关 部门 单位 相关 问题 情况 处理 解决 尽快 现在 目前 "
        "已经 一直 经常 没有 不是 可以 可能 因为 所以 但是 而且 如果 这个 那个 我们 他们 自己 附近 门口 今天 昨天 昨晚 "
        "多次 严重 影响 居民 有人 无人 一个 几个 什么 怎么 怎样 是否 进行 表示 认为 帮忙 谢谢 您好 你好 我家 我是",
    )
)


def sought_words(text: str) -> list[str]:
    """Return the telling words of a text as often as they stand there, a long one with the words in it."""
    found: Iterable[str] = rjieba.cut_for_search(text.lower())
    return [word for word in found if _WORD.fullmatch(word) and word not in _EMPTY]


def telling(text: str) -> str:
    """Return a text with a blank in the place of each word that tells one matter from another in nothing."""
    found: Iterable[str] = rjieba.cut(text)
    return "".join(" " if word in _EMPTY else word for word in found)


def loose(text: str) -> set[int]:
    """Return the places of letters that belong to no word of two letters or more."""
    found: set[int] = set()
    place = 0
    for word in rjieba.cut(text):
        if len(word) == 1:
            found.add(place)
        place += len(word)
    return found


def words_of(text: str) -> list[str]:
    """Return the telling words of a text, each once, in their order; none shorter than two letters."""
    found: Iterable[str] = rjieba.cut(text.lower())
    return [word for word in dict.fromkeys(found) if _WORD.fullmatch(word) and word not in _EMPTY]
