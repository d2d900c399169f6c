"""Signing in: who is let in, and which passwords are good enough. The pages are in `pages.py`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from minsheng.core.people.models import Staff
from minsheng.domain.rejected import Rejected

# The name of the backend that knows who is let in, as settings have it.
BACKEND: Final = "minsheng.core.people.signin.StaffBackend"
# Keys of a session: when it began and was last used (seconds since 1970), and that the last one had run out.
BEGAN: Final = "began"
SEEN: Final = "seen"
EXPIRED: Final = "expired"
# Whose session it was that ended by itself: what a form sends then is kept for them (`drafts`).
LEFT: Final = "left"
# Who has given the right password and has yet to show a factor; what a security key was asked; when somebody last
# showed a factor or the password in this session.
WAITING: Final = "waiting"
CEREMONY: Final = "ceremony"
ADDING: Final = "adding"
CONFIRMED: Final = "confirmed"
# The password is too old: nothing but a new one is let through.
STALE: Final = "stale"


class TooBusy(Rejected):
    """So many sign in at this moment that another check of a password would slow down everybody else."""

    def __init__(self) -> None:
        super().__init__("sign_in_busy")


class OneCoreArgon2(Argon2PasswordHasher):
    """Argon2 as Django sets it, on one core: its usual eight lanes would take all of a small machine."""

    parallelism = 1


class Lane(Enum):
    """How long somebody's password may wait for its check, and behind whom."""

    USUAL = "usual"
    # From an address with failures of late: strangers who try leave the other places to everybody else.
    DOUBTED = "doubted"
    # With a code from the leader on duty: the way in that must hold while others try.
    VOUCHED = "vouched"


# A check takes a core and 100 MB for a while, and costs whoever asks for it nothing: a process does one at a time, a
# few more may wait for it, and the threads left answer everybody else.
_CHECKING = threading.BoundedSemaphore(1)
_WAITING = {
    Lane.USUAL: threading.BoundedSemaphore(2),
    Lane.DOUBTED: threading.BoundedSemaphore(1),
    Lane.VOUCHED: threading.BoundedSemaphore(2),
}
_WAIT_SECONDS: Final = {Lane.USUAL: 3.0, Lane.DOUBTED: 0.1, Lane.VOUCHED: 8.0}


@contextmanager
def checking(lane: Lane = Lane.USUAL) -> Iterator[None]:
    """Do the costly work on a password here. Raises: TooBusy when others are at it."""
    place = _WAITING[lane]
    if not place.acquire(blocking=False):
        raise TooBusy
    try:
        if not _CHECKING.acquire(timeout=_WAIT_SECONDS[lane]):
            raise TooBusy
        try:
            yield
        finally:
            _CHECKING.release()
    finally:
        place.release()


class StaffBackend(BaseBackend):
    """Check a name and password. Demonstration accounts exist for the demonstration alone."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Staff | None:
        """Return the member of staff, or None without saying what was wrong. Raises: TooBusy."""
        if not username or not password or "\0" in username + password:
            return None
        staff = Staff.objects.filter(username=username).select_related("city").first()
        with checking(getattr(request, "lane", Lane.USUAL)):
            if staff is None:
                # As slow as a real check, so that names can't be told from the time it takes.
                make_password(password)
                return None
            if not staff.check_password(password) or not may_sign_in(staff):
                return None
        return staff

    def get_user(self, user_id: int) -> Staff | None:
        """Return the person of a session, unless they may no longer be in."""
        staff = Staff.objects.filter(pk=user_id).select_related("city", "unit").first()
        return staff if staff is not None and may_sign_in(staff) else None


def may_sign_in(staff: Staff) -> bool:
    """Tell whether the account is in use here. Source: GB/T 22239-2019 8.1.4.2 b, no default accounts."""
    return staff.is_active and staff.city.active and (settings.DEMO or not staff.is_demo)


class UnlikeTheAccountValidator(UserAttributeSimilarityValidator):
    """Refuse what is like the account's name or the person's, in our own words."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("username", "display_name"))

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when it is too like."""
        try:
            super().validate(password, user)
        except ValidationError as fault:
            raise ValidationError(self.get_help_text(), code="password_too_similar") from fault

    def get_help_text(self) -> str:
        """Say what is wanted."""
        return _("密码不能与账号或姓名相近。")


def client_address(request: HttpRequest) -> str | None:
    """Return the peer's address; headers that a client can write itself are not believed.

    Behind a proxy of our own the peer is the proxy; the last address that it added is the client's. Source: ASVS 4.1.3.
    """
    address = request.META.get("REMOTE_ADDR") or None
    if settings.BEHIND_PROXY and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR", "")):
        address = forwarded.rpartition(",")[2].strip()[:45] or address
    return None if address is None or ("." not in address and ":" not in address) else address
