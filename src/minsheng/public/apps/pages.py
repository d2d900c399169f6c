"""From a program's button into the portal's pages: whoever is signed in there is signed in here.

Source: SZ-2, SZ-7b, SQ-2.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng.public.apps import actions
from minsheng.public.citizens import pages, visitors
from minsheng.public.citizens.visitors import Visitor, public


@require_safe
@public
def enter(request: HttpRequest, visitor: Visitor, token: str) -> HttpResponse:
    """Sign in whoever comes with a ticket, once; with any other one they sign in by a code to their telephone."""
    onward = pages.next_address(request, visitor)
    account = actions.use(token, city=visitor.city.code, now=visitor.now) if request.method == "GET" else None
    if account is None:
        messages.info(request, _("进入网页的链接已失效，请用手机号登录，或回到应用重新打开。"))
        return redirect(reverse("citizens:sign_in", args=(visitor.city.code,), query={"next": onward}))
    visitors.enter(request, visitor, account)
    return redirect(onward)
