"""What a seat types, and who may not."""

from __future__ import annotations

from tests.town_ground import Town, fresh, text_of

from minsheng.cases.orders import models

GIVEN = {
    "type": "help",
    "channel": "phone",
    "appellant": "citizen",
    "publish": "yes",
    "content": "望星路路灯不亮，行人摔倒",
}
CALLER = {"name": "张三丰", "phone": "13812345678"}
TYPED = {"type": "help", "content": "路灯不亮", "name": "张三丰", "phone": "13812345678", "real_name": "on"}
# Whoever does not take appeals, with what they are told.
OTHERS = ["dispatcher", "officer@城管局", "supervisor", "auditor"]


def register(town: Town, **values: str) -> models.Order:
    """Register and submit as a seat does, and return the new order's row."""
    known = set(models.Order.objects.values_list("id", flat=True))
    answer = town.desk("seat").post("/orders/new", fresh(**{**GIVEN, "submit": "1", **values}))
    assert answer.status_code == 302, text_of(answer)
    return models.Order.objects.exclude(id__in=known).get()
