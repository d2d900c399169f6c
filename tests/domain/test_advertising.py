"""What looks like advertising is told from a complaint about it."""

from __future__ import annotations

import pytest
from tests.packing_ground import rules_of

from minsheng.domain.channels.advertising import ENOUGH, signs

WORDS = rules_of("suqian").incoming_advertising


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("专业代 开 发 票，加微信 abc，点 https://a.example.com", True),
        ("无抵押贷款，当天放款，加V信咨询，退订回T", True),
        ("有人在楼道贴代开发票的小广告，请清理", False),
        ("我被贷款公司骗了，他们让我加微信", False),
        ("路灯坏了，照片见 https://a.example.com/1", False),
        ("", False),
    ],
)
def test_several_signs_together_are_advertising(text: str, is_so: bool) -> None:
    assert (signs(text, WORDS) >= ENOUGH) is is_so
