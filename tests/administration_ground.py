"""What tests of the administration share: its forms as they are shown and sent, facts, files to be imported."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.town_ground import Town, text_of

from minsheng.core.ledger import queries as ledger
from minsheng.core.people.models import Staff


def plain(answer: Any) -> str:
    """Return what is to be read on a page, without blanks."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", text_of(answer))))


def keyed(**more: Any) -> dict[str, Any]:
    """Return what a form sends, with a key of its own."""
    return {"key": str(uuid4()), **more}


def staff_of(town: Town, name: str) -> Staff:
    """Return the account of somebody of the town."""
    return Staff.objects.get(pk=town.staff[name])


def do(desk: Client, staff: int, what: str, **more: Any) -> Any:
    """Do something with an account, by its page."""
    return desk.post(f"/administration/staff/{staff}/do/{what}", keyed(**more))


def kinds_of(stream: str) -> list[str]:
    """Return the kinds of facts of a stream."""
    return [event.type for event in ledger.history(stream)]


def send_file(desk: Client, sheet: str, *lines: str) -> Any:
    """Send a file to be looked at."""
    content = "\r\n".join((*lines, "")).encode()
    return desk.post(f"/administration/import/{sheet}", {"file": SimpleUploadedFile("名单.csv", content)})


def hidden(answer: Any) -> dict[str, str]:
    """Return what a preview keeps for its buttons."""
    found = re.findall(r'<input type="hidden" name="(key|rows|skip)" value="([^"]*)"', text_of(answer))
    return {name: html.unescape(value) for name, value in found}
