"""A person complained about is known however they were typed. Clauses: JY-8d, JY-12.0."""

from __future__ import annotations

import pytest

from minsheng.domain import naming


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("丁立秋", "丁立秋"),
        ("丁立秋（执法队）", "丁立秋"),
        ("城管局丁立秋", "丁立秋"),
        ("丁 立秋", "丁立秋"),
        ("丁　立　秋", "丁立秋"),  # full-width spaces
        ("丁\u200b立\u200b秋", "丁立秋"),  # what nobody sees
        ("丁\ufeff立秋\u2060", "丁立秋"),
        ("丁·立·秋", "丁立秋"),
        ("\n丁立秋 队长\t", "丁立秋"),
        ("城管局执法大队丁立秋、王某", "丁立秋"),
        ("丁立秋", "丁立秋（执法队）"),  # the account's name says more than the text
        ("丁立秋", "丁 立秋"),
        ("欧阳立", "城管局欧阳立"),
        ("ＤＩＮＧ Li", "Ding Li"),
    ],
)
def test_a_name_is_found_however_it_was_typed(text: str, name: str) -> None:
    assert naming.names(text, name)
    assert naming.names_any(("", text), ("周联系", name))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "丁立秋"),
        ("丁", "丁立秋"),  # a family name alone is half the town
        ("队长", "丁立秋队长"),  # a post is nobody
        ("丁立冬", "丁立秋"),
        ("丁立秋", "丁"),
        ("丁立秋", "（）"),
        ("丁（立秋）", "丁立冬"),
    ],
)
def test_nobody_else_is_named(text: str, name: str) -> None:
    assert not naming.names(text, name)
    assert not naming.names_any((text,), (name,))
