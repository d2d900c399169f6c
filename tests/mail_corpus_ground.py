"""The corpus: sixty kinds of mail, five of each, with what each must become. The same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests import mail_kinds_ground, mail_machines_ground, mail_odd_ground, mail_replies_ground
from tests.mail_ground import Case

# A kind: its name, and what makes its n-th mail (0–4).
Kind = Callable[[int], tuple[bytes, Mapping[str, object]]]
KINDS: dict[str, Kind] = {
    **mail_kinds_ground.KINDS, **mail_replies_ground.KINDS, **mail_machines_ground.KINDS, **mail_odd_ground.KINDS,
}  # fmt: skip


def cases() -> Iterator[Case]:
    """Give all mails of the corpus."""
    for kind, made in KINDS.items():
        for number in range(5):
            raw, must = made(number)
            yield Case(kind, number, raw, must)
