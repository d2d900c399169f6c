"""Which passwords are good enough, by the policy of the city's pack, and for how long.

`dengbao3`: ten characters of three classes, ninety days, none of the last five (GB/T 22239-2019 8.1.4.1 a). `asvs`:
twelve characters, no classes, no end (ASVS 5.0, 6.2.1, 6.2.5, 6.2.10). Both refuse what is common or like the account's
name (`AUTH_PASSWORD_VALIDATORS`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from django.contrib.auth.hashers import check_password, is_password_usable
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minsheng.core.people.models import FormerPassword, Staff
from minsheng.core.policies import queries as policies


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a password must be, of how many classes, how long it is good, how many of before are not taken again."""

    length: int
    classes: int
    good_for: timedelta | None
    not_again: int
    words: str


POLICIES: Final[Mapping[str, Policy]] = MappingProxyType(
    {
        "dengbao3": Policy(
            10,
            3,
            timedelta(days=90),
            5,
            gettext_noop(
                "至少 10 位，包含大写字母、小写字母、数字、符号中的至少三类；90 天内有效，不能与最近 5 次用过的相同。"
            ),
        ),
        "asvs": Policy(12, 1, None, 0, gettext_noop("至少 12 位，可以是一句好记的话；不要求字符种类，也不定期更换。")),
    }
)
_CLASSES: Final = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")


def policy_of(city: str, *, now: datetime) -> Policy:
    """Return the policy of a city."""
    rules = policies.rules_for(city, now=now)
    return POLICIES[rules.password_policy]


def check(password: str, staff: Staff, *, now: datetime) -> None:
    """Raise django's ValidationError for a password that is not good enough for an account."""
    validate_password(password, staff)
    policy = policy_of(staff.city_id, now=now)
    if len(password) < policy.length:
        raise ValidationError(_("密码至少 %(least)d 位。") % {"least": policy.length}, code="password_too_short")
    if sum(bool(re.search(one, password)) for one in _CLASSES) < policy.classes:
        raise ValidationError(_("密码须包含大写字母、小写字母、数字、符号中的至少三类。"), code="password_too_simple")
    if any(check_password(password, each) for each in _of_before(staff, policy.not_again)):
        said = _("不能与最近 %(count)d 次用过的密码相同，请另设一个。") % {"count": policy.not_again}
        raise ValidationError(said, code="password_used")


def keep(staff: Staff, *, now: datetime) -> None:
    """Keep the hash of the password that is about to end, as long as it must not come again."""
    kept = policy_of(staff.city_id, now=now).not_again - 1
    if kept > 0 and is_password_usable(staff.password):
        FormerPassword.objects.create(staff=staff, password=staff.password)
    newest = FormerPassword.objects.filter(staff=staff).order_by("-pk").values_list("pk", flat=True)[: max(0, kept)]
    FormerPassword.objects.filter(staff=staff).exclude(pk__in=list(newest)).delete()


def is_over(staff: Staff, *, now: datetime) -> bool:
    """Tell whether an account's password is too old, or was made for its holder, who has to set one of their own.

    The demonstration's is no secret and never is. Source: GB/T 22239-2019 8.1.4.1 a, 8.1.4.2 b.
    """
    if staff.password_is_first:
        return True
    policy = policy_of(staff.city_id, now=now)
    changed = staff.password_changed_at
    return policy.good_for is not None and changed is not None and not staff.is_demo and now - changed > policy.good_for


def _of_before(staff: Staff, count: int) -> list[str]:
    """Return the hashes of an account's last passwords, the one in use among them."""
    if count == 0 or staff.pk is None:
        return []
    former = FormerPassword.objects.filter(staff=staff).order_by("-pk").values_list("password", flat=True)
    own = [staff.password] if is_password_usable(staff.password) else []
    return [*own, *former[: count - 1]]
