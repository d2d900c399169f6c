"""Taking many ratings at once, from a file or a push; each by itself, and one that came before changes nothing.

The document is `{"version": 1, "ratings": [{…}]}`; its fields are those of `ReceiveReview`. Source: SZ-30b, SQ-6.7.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from minsheng import wording
from minsheng.cases.reviews.actions import KIND
from minsheng.core.ledger.values import ZONE, KeyReused
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles.kinds import Key
from minsheng.domain.actors import Actor
from minsheng.domain.duties.review import ReceiveReview
from minsheng.domain.orders import fields
from minsheng.domain.orders.fields import Malformed
from minsheng.domain.rejected import Rejected

VERSION: Final = 1
MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a rating: its number here, or why it was not taken; `known`: it had come before."""

    source_no: str
    number: str = ""
    known: bool = False
    fault: str = ""


class NotADocument(ValueError):
    """The document is none of ours; `args[0]` says what to do."""


def ratings_of(document: object) -> Sequence[object]:
    """Return the ratings of a document. Raises: NotADocument."""
    if not isinstance(document, Mapping) or not isinstance(document.get("ratings"), list):
        raise NotADocument('内容应为 {"version": 1, "ratings": […]}，请核对后重新报送。')
    if document.get("version") != VERSION:
        raise NotADocument(f"不认识这一版本，请按版本 {VERSION} 报送。")
    found: list[object] = document["ratings"]
    if len(found) > MOST:
        raise NotADocument(f"一次最多报送 {MOST} 件，请分批报送。")
    return found


def take(city: str, ratings: Sequence[object], *, by: Actor, now: datetime, key: Key | None = None) -> Iterator[Taken]:
    """Take ratings one by one, and give what became of each, in their order.

    `key`: of the whole batch. Raises: KeyReused for other ratings under it.
    """
    for place, each in enumerate(ratings):
        source_no = str(each.get("source_no") or "").strip() if isinstance(each, Mapping) else ""
        own = Key(key.scope, f"{key.key} {place}", digest=key.digest) if key is not None else None
        try:
            yield _take(city, each, source_no, by=by, now=now, key=own)
        except KeyReused:
            raise
        except (Rejected, Malformed) as fault:
            known = isinstance(fault, Rejected) and fault.code == "review_received"
            yield Taken(
                source_no, _number(city, source_no) if known else "", known, "" if known else wording.say(fault)
            )


def _take(city: str, rating: object, source_no: str, *, by: Actor, now: datetime, key: Key | None = None) -> Taken:
    if not isinstance(rating, Mapping):
        raise Malformed("ratings", "not_a_map", value=rating)
    if not source_no.strip():
        raise Rejected("field_missing", fields=("source_no",), command=ReceiveReview.name)
    command = fields.build(ReceiveReview, {str(name): value for name, value in rating.items()}, zone=ZONE)
    opens = KIND.opens
    assert opens is not None
    done = lifecycles.begin(KIND, command, city=city, by=by, now=now, made=lambda id: opens(id, city), key=key)
    return Taken(source_no, KIND.rows(pk=done.id).values_list("number", flat=True).get(), done.repeated)


def take_own(city: str, rating: Mapping[str, object], *, by: Actor, now: datetime) -> None:
    """Take a rating that somebody gave here; the same once more is no fault.

    Raises: Malformed, Rejected; `rating_given` for another under the same number.
    """
    said = hashlib.sha256(json.dumps(dict(rating), sort_keys=True, ensure_ascii=False).encode()).digest()
    number = str(rating["source_no"])
    try:
        _take(city, rating, number, by=by, now=now, key=Key(f"rating {city}", number, digest=said))
    except KeyReused:
        raise Rejected("rating_given") from None


def _number(city: str, source_no: str) -> str:
    found: str = KIND.rows_in(city, source_no=source_no).values_list("number", flat=True).first() or ""
    return found


def told(row: Any) -> dict[str, Any]:
    """Return what the platform that collected a rating is told of it: no word that was said."""
    state = KIND.read(row)
    return {
        "source_no": row.source_no, "number": row.number, "status": row.status, "verdict": state.verdict or None,
        "rectified_at": state.rectified_at.isoformat() if state.rectified_at is not None else None,
    }  # fmt: skip
