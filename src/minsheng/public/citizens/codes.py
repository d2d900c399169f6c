"""Codes by text message: that a telephone is somebody's. Six digits, ten minutes, five tries, once.

Source: ASVS 6.5.1, 6.5.4, 6.5.5, 6.6.3.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minsheng.core.messages import templates
from minsheng.core.messages.values import MARK, Sentence
from minsheng.core.people import vault
from minsheng.domain.rejected import Rejected
from minsheng.gateways.sms import Sms
from minsheng.public.citizens import limits
from minsheng.public.citizens.models import PhoneCode

GOOD_FOR: Final = timedelta(minutes=10)
_TRIES: Final = 5
KIND: Final = "phone_code"
_WORDS: Final = gettext_noop("验证码 {code}，10 分钟内有效。工作人员不会向您索要验证码。")


class CodeWrong(Rejected):
    """The code is not the one that was sent last, or no longer good."""

    def __init__(self) -> None:
        super().__init__("phone_code_wrong")


def send(phone: str, *, city: str, address: str, sms: Sms, now: datetime) -> str:
    """Send a code to a telephone and return it, for a demonstration to show.

    The answer is the same whether anybody is known by the number. Raises: BadPhone, TooOften, SmsAway.
    """
    normal = vault.phone_in(city, phone)
    limits.hit(limits.CODE_BY_ADDRESS, address, now=now)
    limits.hit(limits.CODE_SOON, normal, now=now)
    limits.hit(limits.CODE_BY_PHONE, normal, now=now)
    limits.hit(limits.CODE_BY_CITY, city, now=now)
    code = f"{secrets.randbelow(1_000_000):06d}"
    owner = _owner(city, normal)
    with transaction.atomic():
        PhoneCode.objects.filter(phone=owner, used_at=None).update(used_at=now)
        kept = PhoneCode.objects.create(city=city, phone=owner, code=_hidden(owner, code), expires_at=now + GOOD_FOR)
        words = templates.words(city, KIND, now=now) or _(_WORDS)
        sms.send(normal, MARK + templates.filled(words, {"code": code}), reference=f"code {kept.pk}")
    return code


def sentence() -> Sentence:
    """Return what is sent with a code."""
    places = ("code",)
    example = {"code": "482913"}
    return Sentence(
        kind=KIND, name=_("手机验证码"), words=_(_WORDS), places=places, needed=places, example=example, mark=MARK
    )


def check(phone: str, code: str, *, city: str, now: datetime) -> None:
    """Use a code up. Raises: BadPhone, CodeWrong."""
    owner = _owner(city, vault.phone_in(city, phone))
    with transaction.atomic():
        kept = PhoneCode.objects.select_for_update().filter(phone=owner, used_at=None).order_by("-id").first()
        if kept is not None and kept.expires_at >= now and kept.tries < _TRIES:
            right = hmac.compare_digest(bytes(kept.code), _hidden(owner, code.strip()))
            kept.tries += 1
            kept.used_at = now if right else None
            kept.save(update_fields=["tries", "used_at"])
        else:
            right = False
    if not right:
        raise CodeWrong


def forget(*, now: datetime) -> None:
    """Delete codes that are no longer good."""
    PhoneCode.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()


def _owner(city: str, normal: str) -> bytes:
    return vault.blind_index("phone code", normal, city=city)


def _hidden(owner: bytes, code: str) -> bytes:
    return limits.keyed("phone code", f"{owner.hex()}\0{code}")
