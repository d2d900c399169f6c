"""Published cases for tests: words confirmed as the auditor confirms them, and what citizens are told of it."""

from __future__ import annotations

import re
from typing import Any

from tests.town_ground import Town, relayed
from tests.visiting_ground import Citizen, answered, closed

from minsheng.cases.orders import models
from minsheng.core.messages import sending


def decided(town: Town, order: str, **more: Any) -> Any:
    """Confirm the words as the auditor does at the desk."""
    desk = town.desk("auditor")
    page = desk.get(f"/orders/{order}/publication").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(key|seen_version)" value="([^"]*)"', page))
    words = {
        "text_title": "人行道破损",
        "text_content": "东门人行道破损已久，希望修理。",
        "text_reply": "已派人修复。",
    }
    return desk.post(f"/orders/{order}/publication", {**hidden, **words, "publish": "1", **more})


def published(town: Town, citizen: Citizen, **more: Any) -> models.Order:
    """Return an order that was filed, answered, closed and published."""
    row = citizen.file(**more)
    answered(town, row.id)
    closed(town, row.id)
    assert decided(town, row.id).status_code == 302
    relayed()
    return models.Order.objects.get(id=row.id)


def hidden(town: Town, kind: str) -> models.Order:
    """Return an order that is nobody's business."""
    if kind == "internal":
        order = town.internal(content="窗口人员吃拿卡要，请查处")
    elif kind == "none":
        order = town.register(content="没有公开的事情")
    else:
        publish = {"another's": "yes", "unpublished": "no", "confidential": "confidential"}[kind]
        order = Citizen(town.code).file(publish={"publish": publish}).id
        if kind != "another's":
            answered(town, order)
            closed(town, order)
    return models.Order.objects.get(id=order)


class Carrier:
    """Keeps what it is given, by telephone."""

    name, shows = "kept", False

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, phone: str, text: str, /, *, reference: str) -> None:
        """Keep a message."""
        self.sent.append((phone, text))


def told(town: Town) -> list[tuple[str, str]]:
    """Let everything that waits be sent, and return it."""
    relayed()
    carrier = Carrier()
    sending.send_waiting({"sms": carrier}.get, now=town.now)
    return carrier.sent
