"""The pages of an account: the telephone, the code, one's own page, the real name. No password to forget."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from minsheng import wording
from minsheng.core.messages.values import SMS
from minsheng.core.people import vault
from minsheng.core.reach import actions as reach
from minsheng.core.reach import queries as reached
from minsheng.domain.rejected import Rejected
from minsheng.gateways import carriers, identity
from minsheng.gateways.sms import Sms
from minsheng.public.citizens import accounts, codes, limits, visitors
from minsheng.public.citizens.forms import CodeForm, FrontNameForm, PhoneForm, RealNameForm, WishForm
from minsheng.public.citizens.visitors import Visitor, public

_PENDING = "phone"


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def sign_in(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask for a telephone and send a code to it."""
    form = PhoneForm(request.POST if request.method == "POST" else None, now=visitor.now)
    if request.method == "POST" and form.is_valid():
        try:
            code = codes.send(
                form.cleaned_data["phone"], city=visitor.city.code, address=visitor.address, sms=_carrier(),
                now=visitor.now,
            )  # fmt: skip
        except Rejected as rejected:
            form.add_error("phone", wording.say(rejected))
        else:
            shown = code if _carrier().shows else ""
            pending = {
                "phone": _sealed(form.cleaned_data["phone"]),
                "shown": shown,
                "next": next_address(request, visitor),
            }
            visitors.remember(request, visitor.city.code, _PENDING, pending)
            return redirect("citizens:code", visitor.city.code)
    context = {"form": form, "next": next_address(request, visitor)}
    return render(request, "citizens/sign_in.html", context, status=422 if request.method == "POST" else 200)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def code(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask for the code, and let the account in."""
    pending = visitors.recalled(request, visitor.city.code, _PENDING)
    if not isinstance(pending, dict):
        return redirect("citizens:sign_in", visitor.city.code)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            phone = _opened(str(pending["phone"]))
            codes.check(phone, form.cleaned_data["code"], city=visitor.city.code, now=visitor.now)
            account = accounts.enter(phone, city=visitor.city.code, now=visitor.now)
        except Rejected as rejected:
            form.add_error("code", wording.say(rejected))
        else:
            visitors.remember(request, visitor.city.code, _PENDING, None)
            visitors.enter(request, visitor, account)
            return redirect(str(pending["next"]))
    context = {"form": form, "shown": pending["shown"]}
    return render(request, "citizens/code.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@public
def account(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show one's own account, and change the name that others see."""
    if visitor.account is None:
        return redirect("citizens:sign_in", visitor.city.code)
    form = FrontNameForm(
        request.POST if request.method == "POST" else None, initial={"front_name": visitor.account.front_name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            accounts.rename(visitor.account.id, form.cleaned_data["front_name"])
        except Rejected as rejected:
            form.add_error("front_name", wording.say(rejected))
        else:
            messages.success(request, _("已保存。"))
            return redirect("citizens:account", visitor.city.code)
    return _account(request, visitor, form, status=422 if request.method == "POST" else 200)


@require_POST
@public
def wishes(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Keep how one wishes to be told, for every pseudonym of the telephone; duties come all the same."""
    if visitor.account is None:
        return redirect("citizens:sign_in", visitor.city.code)
    form = WishForm(request.POST, channels=_channels(visitor))
    if not form.is_valid():
        return _account(request, visitor, None, wished=form, status=422)
    wished = form.cleaned_data
    for appellant in sorted(visitor.appellants):
        reach.wish(
            appellant, city=visitor.city.code, channels=[wished["channel"]] if wished["channel"] else [],
            language=wished["language"], no_news=wished["no_news"], now=visitor.now, actor=visitor.actor,
        )  # fmt: skip
    messages.success(request, _("已保存。"))
    return redirect("citizens:account", visitor.city.code)


def _account(
    request: HttpRequest,
    visitor: Visitor,
    form: FrontNameForm | None,
    *,
    wished: WishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    assert visitor.account is not None
    own = reached.wishes(next(iter(sorted(visitor.appellants)), None))
    initial = {"channel": next(iter(own.channels), ""), "language": own.language, "no_news": own.no_news}
    context = {
        "form": form or FrontNameForm(initial={"front_name": visitor.account.front_name}),
        "wished": wished or WishForm(initial=initial, channels=_channels(visitor)),
        "account": visitor.account,
    }
    return render(request, "citizens/account.html", context, status=status)


def _channels(visitor: Visitor) -> list[tuple[str, str]]:
    """Return the channels in which somebody can be reached: text messages, and those in which they have an address."""
    there = {each for appellant in visitor.appellants for each in reached.channels_of(appellant)}
    return [(SMS, _("短信")), *((each, wording.CHANNELS.get(each, each)) for each in sorted(there))]


@require_POST
@public
def sign_out(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Forget the account, every opened order and the draft: whoever comes after at this machine sees nothing."""
    visitors.leave(request)
    messages.success(request, _("本机上的记录已清除。"))
    return redirect("portal:start", visitor.city.code)


@require_POST
@public
def verify(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Send the browser to the register of real names. Source: SQ-10.1, SZ-17a."""
    if visitor.account is None:
        return redirect("citizens:sign_in", visitor.city.code)
    try:
        limits.hit(limits.VERIFY_BY_ACCOUNT, str(visitor.account.id), now=visitor.now)
        begun = _register().begin(redirect_uri=_return_address(request, visitor))
    except Rejected as rejected:
        messages.error(request, wording.say(rejected))
        return redirect("citizens:account", visitor.city.code)
    visitors.remember(request, visitor.city.code, "verify", {**begun.kept, "next": next_address(request, visitor)})
    host = urlsplit(begun.url).netloc
    if host in ("", request.get_host()):
        return redirect(begun.url)
    # A browser that keeps to our content policy follows no form to another host: a link leads there, and says where.
    return render(request, "citizens/away.html", {"address": begun.url, "host": host})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def verified(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take what the register says; the demonstration's register asks on this very page."""
    kept = visitors.recalled(request, visitor.city.code, "verify")
    if visitor.account is None or not isinstance(kept, dict):
        return redirect("citizens:account", visitor.city.code)
    answer = {name: str(value) for name, value in request.GET.items()}
    if _register().name == "demonstration":
        form = RealNameForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            status = 422 if request.method == "POST" else 200
            return render(request, "citizens/real_name.html", {"form": form}, status=status)
        answer |= form.cleaned_data
    # A verification is good for one answer, whatever comes of it.
    visitors.remember(request, visitor.city.code, "verify", None)
    try:
        who = _register().complete(answer, kept=kept, redirect_uri=_return_address(request, visitor))
        accounts.verify(visitor.account.id, who, now=visitor.now)
    except Rejected as rejected:
        messages.error(request, wording.say(rejected))
        return redirect("citizens:account", visitor.city.code)
    messages.success(request, _("实名认证已完成。"))
    return redirect(str(kept["next"]))


def _sealed(phone: str) -> str:
    """Return a number as a session may hold it: sessions lie in the database."""
    return vault.encrypt(phone, owner="session", field="phone").hex()


def _opened(sealed: str) -> str:
    """Return the number that a code was sent to. Raises: CodeWrong when it can't be opened any more: ask anew."""
    try:
        return vault.decrypt(bytes.fromhex(sealed), owner="session", field="phone")
    except vault.VaultBroken:
        raise codes.CodeWrong from None


def next_address(request: HttpRequest, visitor: Visitor) -> str:
    """Return where a visitor goes after signing in: an address of this site that was asked for, or their own orders."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) and wanted.startswith("/"):
        return wanted
    return reverse("portal:mine", args=(visitor.city.code,))


def _return_address(request: HttpRequest, visitor: Visitor) -> str:
    return visitors.outside(request, reverse("citizens:verified", args=(visitor.city.code,)))


def _register() -> identity.IdentityProvider:
    client = identity.Client(**settings.OPENID) if settings.OPENID else None
    return identity.configured(client, demonstration=settings.DEMO or settings.DEBUG)


def _carrier() -> Sms:
    return carriers.text_messages(demonstration=settings.DEMO or settings.DEBUG, file=settings.SMS_FILE)
