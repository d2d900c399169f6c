"""An answer by another channel than the citizen's, at the officer's desk."""

from __future__ import annotations

import pytest
from tests.town_ground import Town, row, send, text_of


@pytest.mark.clause("JY-9.4")
def test_answer_by_another_channel_needs_its_reason(town: Town) -> None:
    order = town.handled(channel="wechat")
    town.act(order, "leader@城管局", "approve_reply")
    officer = town.desk("officer@城管局")

    refused = send(officer, order, "reply", text="已修复", channel="phone", kind="final")
    taken = send(
        officer, order, "reply", text="已修复", channel="phone", kind="final", channel_reason="微信已注销",
        channel_attempts="2",
    )  # fmt: skip

    assert refused.status_code == 422
    assert "请按原渠道（微信）答复；原渠道 2 次联系未成的，写明改用其他渠道的理由和次数。" in text_of(refused)
    assert taken.status_code == 302
    assert row(order).status == "REPLIED"
    assert "微信已注销" in text_of(town.desk("auditor").get(f"/orders/{order}/"))
