"""Messages in the lake: how each fared, and nothing of whom it was for or what it said."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from tests.toy_rows_ground import FEATURE

from minsheng.core.features.values import Range
from minsheng.core.messages import actions, exporting, receipts, sending
from minsheng.core.messages.models import Message
from minsheng.core.messages.values import BESIDE, CITIZEN
from minsheng.gateways.sms import Handed
from minsheng.gateways.sms_http import DELIVERED, Receipt

NOW = datetime.fromisoformat("2026-09-18T10:00:00+08:00")


class Takes:
    """Takes everything, and a receipt will follow."""

    name = "first"

    def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> Handed:
        return Handed(self.name, "id-1", awaits=True)


@pytest.mark.django_db
def test_receipt_that_comes_after_an_export_is_in_the_next_one(settings: LazySettings) -> None:
    settings.FEATURES = [*settings.FEATURES, FEATURE]
    actions.tell("loan/1", [CITIZEN], city="jiangyin", kind="answered", params={}, position=7, place=BESIDE, now=NOW)
    sending.send_waiting({"sms": Takes()}.get, now=NOW)

    def row(after: int, now: datetime) -> dict[str, object]:
        (fresh,) = exporting.export(Range(after, 9, now))
        ((month, (told,)),) = fresh.rows.items()
        assert month == "2026-09"
        return told

    first = row(0, NOW)
    assert (first["state"], first["parts"], first["pace"], first["delivered_at"]) == ("SENT", 1, "result", None)
    assert not {"loan/1", "citizen"} & {str(value) for value in first.values()}
    later = NOW + timedelta(hours=5)
    receipts.take("first", [Receipt("id-1", DELIVERED)], now=later)
    assert row(8, later)["delivered_at"] == later.replace(tzinfo=None)
    assert list(exporting.export(Range(9, 9, NOW + timedelta(days=9)))) == []
    assert Message.objects.count() == 1
