"""What people with an account do in the forum: post, comment, rate, withdraw, choose the name that others read.

The ledger hears of a member's id and of nobody's pseudonym: whoever reads facts learns no more than the name.
Source: SZ-17a, SZ-17b, SZ-24, SZ-26.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, Final, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from minsheng import wording
from minsheng.cases.forum import members, pictures
from minsheng.cases.forum.actions import KIND, opened
from minsheng.core.files import places
from minsheng.core.files.values import Checked
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import saying
from minsheng.core.lifecycles.kinds import Key
from minsheng.core.people import queries as people
from minsheng.domain.actors import Actor
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum import state as threads
from minsheng.domain.rejected import Rejected
from minsheng.gateways.antivirus import ScannerAway
from minsheng.public.citizens import limits, visitors
from minsheng.public.citizens.visitors import Visitor
from minsheng.public.forum import pages
from minsheng.public.forum.forms import CommentForm, NameForm, PostForm, RatingForm
from minsheng.public.forum.pages import of_forum
from minsheng.public.portal.forms import KeyedForm

_CITIZEN: Final = Actor("citizen")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@of_forum
def post(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Post a thread; nobody else reads it before it is let in."""
    here = reverse("forum:post", args=(visitor.city.code,))
    if (turned := _turned_away(request, visitor, here)) is not None:
        return turned
    rules = pages.rules_of(visitor)
    if request.method == "GET":
        return _post_page(
            request, visitor, PostForm(initial={"key": uuid4(), "board": request.GET.get("board", "")}, rules=rules)
        )
    form = PostForm(request.POST, rules=rules)
    if not form.is_valid():
        return _post_page(request, visitor, form, status=422)
    try:
        row = _posted(visitor, form, _pictures(request, visitor))
    except ScannerAway as away:
        form.add_error(None, wording.say(away))
        return _post_page(request, visitor, form, status=503)
    except Rejected as rejected:
        form.add_error(None, saying.say(KIND, rejected))
        return _post_page(request, visitor, form, status=409)
    messages.success(request, _("已收到您的帖子，审核通过后公开显示。"))
    return redirect("forum:one", visitor.city.code, row.code)


@sensitive_post_parameters()
@require_POST
@of_forum
def comment(request: HttpRequest, visitor: Visitor, thread: str) -> HttpResponse:
    """Write below a thread; nobody else reads it before it is let in."""
    row, member = pages.found(visitor, thread)
    there = reverse("forum:one", args=(visitor.city.code, row.code))
    if (turned := _turned_away(request, visitor, there)) is not None:
        return turned
    form = CommentForm(request.POST, auto_id="comment_%s")

    def again(status: int) -> HttpResponse:
        return pages.thread_page(request, visitor, row, member, comment=form, status=status)

    def made(writer: Any) -> cmd.Comment:
        return cmd.Comment(account=str(writer.pk), verified=_is_verified(visitor), content=form.cleaned_data["content"])

    return _given(request, visitor, row, form, made, done=_("已收到您的跟帖，审核通过后公开显示。"), again=again)


@require_POST
@of_forum
def rate(request: HttpRequest, visitor: Visitor, thread: str) -> HttpResponse:
    """Rate the answer: the author alone, once, in the window."""
    row, member = pages.found(visitor, thread)
    if not pages.is_author(row, member):
        raise visitors.strange(visitor, wanted=f"rating {thread}", command="rate_post")
    form = RatingForm(request.POST, rules=pages.rules_of(visitor), auto_id="rating_%s")

    def again(status: int) -> HttpResponse:
        return pages.thread_page(request, visitor, row, member, rating=form, status=status)

    def made(writer: Any) -> cmd.RatePost:
        return cmd.RatePost(account=str(writer.pk), satisfied=form.cleaned_data["satisfied"])

    return _given(request, visitor, row, form, made, done=_("已收到您的评价，谢谢。"), again=again)


@require_POST
@of_forum
def withdraw(request: HttpRequest, visitor: Visitor, thread: str) -> HttpResponse:
    """Take one's own thread back while nobody else reads it."""
    row, member = pages.found(visitor, thread)
    if not pages.is_author(row, member):
        raise visitors.strange(visitor, wanted=f"withdrawal {thread}", command="withdraw_post")
    form = KeyedForm(request.POST)

    def again(_status: int) -> HttpResponse:
        for faults in form.errors.values():
            messages.error(request, " ".join(str(each) for each in faults))
        return redirect("forum:one", visitor.city.code, row.code)

    def made(writer: Any) -> cmd.WithdrawPost:
        return cmd.WithdrawPost(account=str(writer.pk))

    return _given(request, visitor, row, form, made, done=_("已撤回，没有公开。"), again=again)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@of_forum
def name(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Choose the name that others read; the one before stays until the administrator has let the new one in."""
    city = visitor.city.code
    if visitor.account is None:
        return _to_sign_in(request, visitor, reverse("forum:name", args=(city,)))
    member = pages.member_of(visitor)
    if request.method == "GET":
        return _name_page(request, visitor, NameForm(initial={"key": uuid4()}), member)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _name_page(request, visitor, form, member, status=422)
    try:
        limits.hit(limits.ACT_BY_ACCOUNT, str(visitor.account.id), now=visitor.now)
        face = people.faces([visitor.account.appellant], city=city).get(visitor.account.appellant)
        own = face.own.name if face is not None else ""
        members.ask_name(_writer(visitor), form.cleaned_data["name"], own=own, now=visitor.now)
    except Rejected as rejected:
        form.add_error("name" if rejected.code.startswith("forum_name") else None, saying.say(KIND, rejected))
        return _name_page(request, visitor, form, member, status=409)
    messages.success(request, _("已收到，审核通过后显示。"))
    return redirect("forum:mine", city)


def _given(
    request: HttpRequest,
    visitor: Visitor,
    row: Any,
    form: KeyedForm,
    made: Callable[[Any], Any],
    *,
    done: str,
    again: Callable[[int], HttpResponse],
) -> HttpResponse:
    """Carry out what a form on a thread's page asks for, once for each form; `again` shows the page with its faults."""
    if row.status == threads.HIDDEN:
        return again(410)
    if not form.is_valid():
        return again(422)
    try:
        assert visitor.account is not None
        limits.hit(limits.ACT_BY_ACCOUNT, str(visitor.account.id), now=visitor.now)
        writer = _writer(visitor)
        command = made(writer)
        lifecycles.apply(
            KIND, row.pk, command, city=visitor.city.code, by=_CITIZEN, now=visitor.now,
            key=_key(writer, form.cleaned_data["key"], said=repr(command)),
        )  # fmt: skip
    except Rejected as rejected:
        form.add_error(None, saying.say(KIND, rejected))
        row.refresh_from_db()  # somebody may have been faster
        return again(409)
    messages.success(request, done)
    return redirect("forum:one", visitor.city.code, row.code)


def _pictures(request: HttpRequest, visitor: Visitor) -> list[Checked]:
    """Return the pictures that were sent along, looked at. Raises: Rejected, TooOften, ScannerAway."""
    uploads, scanner = request.FILES.getlist("pictures"), places.scanner()
    if len(uploads) > pictures.MOST:
        raise Rejected("pictures_many", most=pictures.MOST)
    found: list[Checked] = []
    for upload in uploads:
        limits.hit(limits.UPLOAD_BY_ADDRESS, visitor.address, now=visitor.now)
        stream = cast(BinaryIO, upload.file)
        found.append(
            pictures.checked(stream, name=upload.name or "", city=visitor.city.code, scanner=scanner, now=visitor.now)
        )
    return found


@transaction.atomic
def _posted(visitor: Visitor, form: PostForm, files: list[Checked]) -> Any:
    """Put the thread with its pictures on record, once for each form. Raises: Rejected, TooOften."""
    assert visitor.account is not None
    limits.hit(limits.POST_BY_ACCOUNT, str(visitor.account.id), now=visitor.now)
    city, said, writer = visitor.city.code, form.cleaned_data, _writer(visitor)
    command = cmd.Post(
        account=str(writer.pk), verified=_is_verified(visitor), board=said.get("board", ""), title=said["title"],
        content=said["content"],
    )  # fmt: skip
    outcome = lifecycles.begin(
        KIND, command, city=city, by=_CITIZEN, now=visitor.now, made=lambda id: opened(id, city),
        key=_key(writer, said["key"], said=repr(command)),
    )  # fmt: skip
    row = KIND.rows_in(city, pk=outcome.id).get()
    if files and not pictures.of(row, all=True):  # pressed twice is one thread with its pictures once
        pictures.keep(row, files, store=places.store(), now=visitor.now)
    return row


def _key(writer: Any, key: UUID, *, said: str) -> Key:
    """Return the form's key; it is kept under the member, so that nothing leads from a thread to the account."""
    return Key(f"forum/{writer.pk}", str(key), limits.keyed("forum", said).hex())


def _writer(visitor: Visitor) -> Any:
    assert visitor.account is not None
    return members.of_account(visitor.account.id, city=visitor.city.code, now=visitor.now)


def _is_verified(visitor: Visitor) -> bool:
    return visitor.account is not None and visitor.account.is_verified


def _turned_away(request: HttpRequest, visitor: Visitor, back: str) -> HttpResponse | None:
    """Return the way to an account, or to its verification where the pack wants one; None for whoever may write."""
    if visitor.account is None:
        return _to_sign_in(request, visitor, back)
    if pages.rules_of(visitor).forum_real_name and not visitor.account.is_verified:
        context = {"title": pages.title_of(visitor), "back": back, "sentence": wording.say(Rejected("not_verified"))}
        return render(request, "forum/verify.html", context, status=200 if request.method == "GET" else 409)
    return None


def _to_sign_in(request: HttpRequest, visitor: Visitor, back: str) -> HttpResponse:
    messages.info(request, _("请先用手机号登录；页面上只显示您的网名。"))
    return redirect(reverse("citizens:sign_in", args=(visitor.city.code,), query={"next": back}))


def _post_page(request: HttpRequest, visitor: Visitor, form: PostForm, *, status: int = 200) -> HttpResponse:
    context = {
        "title": pages.title_of(visitor), "form": form, "member": pages.member_of(visitor),
        "ban": members.ban_of(pages.member_of(visitor), now=visitor.now),
        "notices": pages.notices(visitor), "most": pictures.MOST,
        "megabytes": places.limits().file // 1_048_576,
    }  # fmt: skip
    return render(request, "forum/post.html", context, status=status)


def _name_page(
    request: HttpRequest, visitor: Visitor, form: NameForm, member: Any | None, *, status: int = 200
) -> HttpResponse:
    context = {"title": pages.title_of(visitor), "form": form, "member": member}
    return render(request, "forum/name.html", context, status=status)
