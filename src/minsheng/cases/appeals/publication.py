"""The words that may be published: what is found in them, and what the auditor has confirmed, kept word for word.

What an order's words are is gathered in `orders.publication`. The ledger holds digests of what was confirmed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from minsheng.cases.appeals.models import PUBLIC_FIELDS, PublicText
from minsheng.core.ledger import actions as ledger
from minsheng.domain import personal
from minsheng.domain.actors import Actor
from minsheng.domain.personal import Span
from minsheng.domain.rejected import Rejected
from minsheng.wording.findings import PERSONAL

PREFIX = "publication/"
FIELDS = PUBLIC_FIELDS


@dataclass(frozen=True, slots=True)
class Known:
    """What the finder is told beforehand: numbers that anybody may know, and names to be found wherever they stand."""

    public_numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what would be published: the words as given, what was found in them, and the words masked."""

    field: str
    original: str
    spans: tuple[Span, ...]
    masked: str


@dataclass(frozen=True, slots=True)
class Remaining:
    """Personal data that still stands in a text to be confirmed. `token` acknowledges this one place."""

    field: str
    span: Span
    words: str

    @property
    def token(self) -> str:
        """Return what a form sends back when the auditor says that this may stand."""
        return f"{self.field}:{self.span.start}-{self.span.end}"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The words that a public page shows, and who confirmed them."""

    text: str
    confirmed_by: str
    confirmed_at: datetime


class StillNamesSomebody(Rejected):
    """A text to be confirmed holds grave personal data that nobody has acknowledged; `remaining` says where."""

    def __init__(self, remaining: tuple[Remaining, ...]) -> None:
        kinds = dict.fromkeys(PERSONAL[each.span.kind] for each in remaining)
        super().__init__("public_text_names_somebody", kinds="、".join(kinds))
        self.remaining = remaining


class TextMissing(Rejected):
    """A part that belongs to what is published was left out, or one was sent that does not."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__("public_text_missing", fields=fields)


def part_of(field: str, original: str, *, known: Known) -> Part:
    """Return one part with what is found in it, masked. Source: JY-9.8a, A-73."""
    spans = personal.find(original, known_public=known.public_numbers, names=known.names)
    return Part(field, original, spans, personal.mask(original, spans))


def remaining(texts: Mapping[str, str], *, known: Known) -> tuple[Remaining, ...]:
    """Return the grave personal data that still stands in texts: telephones, identity numbers, plates, bank cards."""
    return tuple(
        Remaining(field, span, text[span.start : span.end])
        for field, text in texts.items()
        for span in personal.find(text, known_public=known.public_numbers)
        if span.kind in personal.GRAVE
    )


def confirm(
    order: str,
    *,
    city: str,
    texts: Mapping[str, str],
    wanted: Iterable[str],
    known: Known,
    acknowledged: Collection[str],
    by: Actor,
    now: datetime,
) -> None:
    """Keep the words that will be published, in the place of those confirmed before.

    `wanted` are the parts that there must be; `acknowledged` the tokens of `Remaining` that may stand.
    Raises: TextMissing, StillNamesSomebody. Source: JY-9.8a, A-73.
    """
    if missing := tuple(field for field in wanted if not texts.get(field, "").strip()):
        raise TextMissing(missing)
    if strange := tuple(field for field in texts if field not in FIELDS):
        raise TextMissing(strange)
    left = tuple(each for each in remaining(texts, known=known) if each.token not in acknowledged)
    if left:
        raise StillNamesSomebody(left)
    accepted = [each.token for each in remaining(texts, known=known)]
    stream = f"{PREFIX}{order}"
    with transaction.atomic():
        ledger.hold(stream)
        PublicText.objects.filter(order=order).exclude(field__in=list(texts)).delete()
        for field, text in texts.items():
            PublicText.objects.update_or_create(
                order=order,
                field=field,
                defaults={"city_id": city, "text": text, "confirmed_by": by.person or "", "confirmed_at": now},
            )
        digests = {field: hashlib.sha256(text.encode()).hexdigest() for field, text in texts.items()}
        body = {"digests": digests, "acknowledged": accepted}
        ledger.record(city, stream, "PublicTextConfirmed", body, actor=by, now=now)


def retract(order: str) -> None:
    """Forget what was confirmed: there is, or will be, another answer, which nobody has confirmed. Source: A-73."""
    PublicText.objects.filter(order=order).delete()


def confirmed(order: str) -> dict[str, Confirmed]:
    """Return the confirmed words of an order by part; empty when nobody has confirmed any."""
    rows = PublicText.objects.filter(order=order)
    return {row.field: Confirmed(row.text, row.confirmed_by, row.confirmed_at) for row in rows}
