"""Showing a second factor on a page: what a security key is asked, and whether what came back is right."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

from minsheng.core.people import factors
from minsheng.core.people.models import Staff
from minsheng.core.people.signin import CEREMONY, CONFIRMED
from minsheng.gateways import security_keys


def host_of(request: HttpRequest) -> str:
    """Return the name that keys are bound to: the host's, without its port."""
    return urlsplit(f"//{request.get_host()}").hostname or ""


def question(request: HttpRequest, staff: int) -> str:
    """Return what the page asks a security key of the account, as JSON; empty where the account has none.

    The question is kept in the session and good for one answer.
    """
    known = factors.keys_of(staff)
    if not known:
        return ""
    asked = security_keys.ask_to_show(host_of(request), known=known)
    request.session[CEREMONY] = asked.state
    return asked.options


def prove(request: HttpRequest, staff: Staff, given: dict[str, Any], *, now: datetime) -> None:
    """Accept a form's code or key for an account, and remember in the session that it was shown. Raises: Rejected."""
    state = request.session.pop(CEREMONY, None)
    if answer := given.get("answer"):

        def show(known: list[security_keys.Key]) -> security_keys.Key:
            if state is None:
                raise security_keys.NotProven
            return security_keys.shown(host_of(request), answer, state=state, known=known)

        factors.check_key(staff.pk, show, now=now)
    else:
        factors.check_code(staff.pk, given["code"], now=now)
    note(request)


def note(request: HttpRequest) -> None:
    """Remember that a factor was shown in this session, just now."""
    request.session[factors.SHOWN] = True
    request.session[CONFIRMED] = time.time()
