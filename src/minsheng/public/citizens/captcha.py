"""Telling people from machines without asking anybody else's server.

Two ways, either will do. A browser with scripts works for a second (a number whose hash with ours begins with zero
bits); nobody sees anything. Everybody else answers a question in words: a screen reader speaks it as any other text,
so that it needs no picture and no second sense. A question is good once and for half an hour.
It keeps idle machines out, no more; what holds against patient ones are the counts in `limits`.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minsheng.domain.rejected import Rejected
from minsheng.public.citizens import limits
from minsheng.public.citizens.models import Spent

BITS: Final = 15
_GOOD_FOR: Final = timedelta(minutes=30)
_SALT: Final = "minsheng captcha"
_WORDS: Final = (
    gettext_noop("零"),
    gettext_noop("一"),
    gettext_noop("二"),
    gettext_noop("三"),
    gettext_noop("四"),
    gettext_noop("五"),
    gettext_noop("六"),
    gettext_noop("七"),
    gettext_noop("八"),
    gettext_noop("九"),
)
_LETTERS: Final = "ABCDEFHKLMNPRTXY"
_PLACES: Final = (gettext_noop("第一个"), gettext_noop("第二个"), gettext_noop("第三个"), gettext_noop("第四个"))


class NotHuman(Rejected):
    """The question was not answered, or is no longer good; a new one stands on the page."""

    def __init__(self) -> None:
        super().__init__("captcha_wrong")


@dataclass(frozen=True, slots=True)
class Question:
    """What a page asks: the words, what comes back with the answer, and the work that a script may do instead."""

    text: str
    token: str
    nonce: str
    bits: int = BITS


def ask(*, now: datetime) -> Question:
    """Return a new question."""
    text, answer = secrets.choice((_sum, _letter))()
    nonce = secrets.token_hex(16)
    kept = {"n": nonce, "a": _digest(nonce, answer), "t": int((now + _GOOD_FOR).timestamp())}
    return Question(text, signing.dumps(kept, salt=_SALT), nonce)


def check(token: str, *, answer: str, proof: str, now: datetime) -> None:
    """Take an answer, once. Raises: NotHuman."""
    try:
        kept = signing.loads(token, salt=_SALT)
    except signing.BadSignature as fault:
        raise NotHuman from fault
    nonce = str(kept["n"])
    right = proves(nonce, proof) or _digest(nonce, _plain(answer)) == kept["a"]
    if not right or now.timestamp() > kept["t"]:
        raise NotHuman
    try:
        with transaction.atomic():
            Spent.objects.create(nonce=nonce, expires_at=now + _GOOD_FOR)
    except IntegrityError as fault:
        raise NotHuman from fault


def proves(nonce: str, proof: str, *, bits: int = BITS) -> bool:
    """Tell whether the number was found by work: the hash of nonce and number begins with so many zero bits."""
    if not proof.isascii() or not proof.isdecimal() or len(proof) > 12:
        return False
    found = hashlib.sha256(f"{nonce}:{proof}".encode()).digest()
    return int.from_bytes(found[:8], "big") >> (64 - bits) == 0


def forget(*, now: datetime) -> None:
    """Delete questions that nobody could answer any more."""
    Spent.objects.filter(expires_at__lt=now).delete()


def _sum() -> tuple[str, str]:
    first, second = secrets.randbelow(9) + 1, secrets.randbelow(9) + 1
    words = {"first": _(_WORDS[first]), "second": _(_WORDS[second])}
    return _("请用数字回答：%(first)s加%(second)s等于几？") % words, str(first + second)


def _letter() -> tuple[str, str]:
    letters = secrets.SystemRandom().sample(_LETTERS, 4)
    place = secrets.randbelow(4)
    words = {"letters": " ".join(letters), "place": _(_PLACES[place])}
    return _("请填写这几个字母中的%(place)s：%(letters)s") % words, letters[place].lower()


def _plain(answer: str) -> str:
    return unicodedata.normalize("NFKC", answer).strip().lower()[:20]


def _digest(nonce: str, answer: str) -> str:
    return limits.keyed("captcha", f"{nonce}\0{answer}").hex()
