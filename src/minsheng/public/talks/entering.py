"""From an account's menu into the portal: WeChat says who it is, and whoever has bound a telephone is signed in.

Source: JY-2a, SZ-2, SQ-10.1.
"""

from __future__ import annotations

import logging
import secrets
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.gateways.wechat import carrier, entering, file
from minsheng.gateways.wechat.values import WECHAT, Account, NotTheirs, WechatAway
from minsheng.public.citizens import pages, visitors
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.public.talks import persons

_log = logging.getLogger(__name__)

_BEGUN: Final = "wechat"


@require_safe
@public
def enter(request: HttpRequest, visitor: Visitor, account: str) -> HttpResponse:
    """Send WeChat's browser to say who it is; somebody who is signed in already goes on at once."""
    found, onward = _account(visitor, account), pages.next_address(request, visitor)
    if visitor.account is not None:
        return redirect(onward)
    state = secrets.token_urlsafe(16)
    visitors.remember(request, visitor.city.code, _BEGUN, {"state": state, "next": onward, "account": found.name})
    back = visitors.outside(request, reverse("talks:entered", args=(visitor.city.code, found.name)))
    return redirect(entering.address(found, returns_to=back, state=state))


@require_safe
@public
def entered(request: HttpRequest, visitor: Visitor, account: str) -> HttpResponse:
    """Take who came back. Whoever is unknown signs in by a code, and is told how to bind the telephone."""
    found = _account(visitor, account)
    begun = visitors.recalled(request, visitor.city.code, _BEGUN)
    # A return is good once, whatever comes of it, and for the session alone that asked for it.
    visitors.remember(request, visitor.city.code, _BEGUN, None)
    state = request.GET.get("state", "")
    if not isinstance(begun, dict) or begun["account"] != found.name or not _same(str(begun["state"]), state):
        return redirect("citizens:sign_in", visitor.city.code)
    try:
        name = entering.person(found, request.GET.get("code", "")[:512], http=carrier.http())
    except (NotTheirs, WechatAway) as fault:
        _log.warning("account %s: nobody came back: %s", found.name, type(fault).__name__)
        said = wording.say(fault) if isinstance(fault, WechatAway) else _("微信没有确认您的身份，请用手机号登录。")
        messages.error(request, said)
        return _by_telephone(visitor, str(begun["next"]))
    citizen = persons.known(found, name).citizen
    if citizen is None:
        messages.info(request, _("您的微信还没有绑定手机号。请用手机号登录；在公众号回复“绑定”后，下次可以直接进入。"))
        return _by_telephone(visitor, str(begun["next"]))
    visitors.enter(request, visitor, citizen.id)
    return redirect(str(begun["next"]))


def _by_telephone(visitor: Visitor, onward: str) -> HttpResponse:
    return redirect(reverse("citizens:sign_in", args=(visitor.city.code,), query={"next": onward}))


def _same(kept: str, given: str) -> bool:
    return secrets.compare_digest(kept.encode(), given.encode())


def _account(visitor: Visitor, name: str) -> Account:
    """Return an account of the city in WeChat. Raises: Http404."""
    found = file.named(Path(settings.WECHAT_FILE) if settings.WECHAT_FILE else None, name)
    if found is None or found.city != visitor.city.code or found.kind != WECHAT:
        raise Http404
    return found
