"""Checking a password on a page: at the sign-in, where it is changed, and where somebody confirms who they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from minsheng.core.people import alarms, limits
from minsheng.core.people.models import Staff
from minsheng.core.people.signin import Lane, client_address

# So many failures from an address within half an hour are more than somebody's slips.
_DOUBTED_AFTER: Final = 10


def checked(
    request: HttpRequest, username: str, password: str, *, has_pass: bool = False, now: datetime
) -> Staff | None:
    """Return whose name and password these are; a failure counts against the account and the address.

    Who has a pass is known: strangers behind the same address keep them out no more than a lock does.

    Raises: TooOften for an address with too many failures, before anything is computed; TooBusy.
    """
    address = client_address(request) or ""
    if not has_pass:
        limits.check(limits.SIGN_IN_BY_ADDRESS, address, now=now)
    doubted = limits.counted(limits.SIGN_IN_BY_ADDRESS, address, now=now) >= _DOUBTED_AFTER
    lane = Lane.VOUCHED if has_pass else Lane.DOUBTED if doubted else Lane.USUAL
    request.lane = lane  # type: ignore[attr-defined]  # for the backend, through Django's own function
    staff = auth.authenticate(request, username=username, password=password)
    if staff is None:
        alarms.failed_sign_in(username, address, now=now)
        limits.hit(limits.SIGN_IN_BY_ADDRESS, address, now=now)
        return None
    assert isinstance(staff, Staff)
    return staff


def wrong(request: HttpRequest, username: str) -> str:
    """Return what to say of one's own password that was not right."""
    return locked_words(username) if getattr(request, "axes_locked_out", False) else _("当前密码不正确")


def address_words(refused: limits.TooOften) -> str:
    """Return until when nobody is let in from an address, and what the way in is."""
    opens = timezone.localtime(refused.opens) + timedelta(seconds=59)
    words = _(
        "从您所在的网络登录失败次数过多，请在 %(until)s 以后再试；急需登录请致电安全管理员或督办员领取一次性验证码。"
    )
    return words % {"until": f"{opens:%H:%M}"}


def locked_words(username: str) -> str:
    """Return until when an account is locked, in words."""
    last = AccessAttempt.objects.filter(username=username).order_by("-attempt_time").first()
    begun = last.attempt_time if last is not None else timezone.now()
    until = timezone.localtime(begun + settings.AXES_COOLOFF_TIME) + timedelta(seconds=59)
    return _("登录失败次数过多，账号已锁定。请在 %(until)s 以后再试，或联系安全管理员。") % {"until": f"{until:%H:%M}"}
