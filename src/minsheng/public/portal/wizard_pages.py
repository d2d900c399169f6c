"""Filing, one question a page. Everything stands on the server after each page; nothing needs a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.cases.orders.reading import own
from minsheng.core.files import places
from minsheng.core.people import preferences
from minsheng.core.people import queries as people
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.gateways.antivirus import Scanner, ScannerAway
from minsheng.gateways.media.filetypes import ACCEPTED
from minsheng.public.citizens import limits, visitors
from minsheng.public.citizens.visitors import DRAFT, Visitor, public
from minsheng.public.portal import filings, steps
from minsheng.public.portal.filings import Kept
from minsheng.public.portal.forms import CheckForm, sounds_dangerous
from minsheng.public.portal.steps import STEPS
from minsheng.public.publication import queries as publication

_FILED = "filed"


@require_safe
@public
def begin(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Begin, or go on where one was. Nothing is kept of whoever only looks."""
    draft = _draft(request, visitor)
    if draft is None:
        return redirect("portal:step", visitor.city.code, STEPS[0].code)
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    code = steps.unasked(draft.answers, visitor=visitor, rules=rules)
    return redirect(f"{reverse('portal:step', args=(visitor.city.code, code))}?resumed=1")


@require_POST
@public
def anew(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Forget the draft and begin at the first question."""
    draft = _draft(request, visitor)
    if draft is not None:
        filings.drop(draft.id)
        visitors.remember(request, visitor.city.code, DRAFT, None)
    return redirect("portal:step", visitor.city.code, STEPS[0].code)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def step(request: HttpRequest, visitor: Visitor, code: str) -> HttpResponse:
    """Show one question, or take its answer and go on."""
    if code not in steps.BY_CODE:
        raise Http404
    draft = _draft(request, visitor)
    if draft is None and code == STEPS[-1].code and (filed := filed_draft(request, visitor)) is not None:
        # Pressed twice, or gone back to: it is filed.
        return _received(request, visitor, filed)
    if draft is None and code != STEPS[0].code:
        if request.method == "POST":
            messages.warning(request, _("填写的内容已过保存时间，没有保存刚才的内容，请重新填写。"))
        return redirect("portal:begin", visitor.city.code)
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    if draft is not None and code == "check":
        return _check(request, visitor, draft, rules)
    if draft is not None and code == "files":
        return _files(request, visitor, draft)
    units = people.unit_names(visitor.city.code, now=visitor.now) if code == "about" else []
    sent = request.POST if request.method == "POST" else None
    form = steps.form_of(
        steps.BY_CODE[code], visitor=visitor, rules=rules, units=units, data=sent,
        answers=draft.answers if draft is not None else {},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            draft = draft or _begun(request, visitor)
        except limits.TooOften as often:
            messages.error(request, wording.say(often))
            return redirect("portal:step", visitor.city.code, code)
        _save(request, visitor, draft, steps.answered(form))
        if code == "content" and sounds_dangerous(form.cleaned_data["title"] + form.cleaned_data["content"]):
            messages.warning(request, _("如果危险正在发生，请立即拨打 110、119 或 120，不要等候网上办理。"))
        return _onward(request, visitor, draft, code)
    verified = visitor.account is not None and visitor.account.is_verified
    barred = code == "contact" and steps.needs_real_name(rules) and not verified
    context = {
        **_way(visitor, code, request),
        "form": form,
        "units": units,
        "needs_real_name": barred,
        "account": visitor.account,
        "keep_at": "" if barred else _keep_at(visitor, code),
    }
    return render(request, "portal/step.html", context, status=422 if request.method == "POST" else 200)


@sensitive_post_parameters()
@require_POST
@public
def keep(request: HttpRequest, visitor: Visitor, code: str) -> HttpResponse:
    """Keep what was typed, right or wrong, when a button for how pages look is pressed; then do what the button says.

    Those buttons belong to the form of the question, so that nothing is lost without scripts either.
    """
    step = steps.BY_CODE.get(code)
    if step is None or code == "check":
        raise Http404
    draft = _draft(request, visitor)
    typed = steps.typed(step, request.POST)
    if draft is None and code != STEPS[0].code:
        messages.warning(request, _("填写的内容已过保存时间，没有保存刚才的内容，请重新填写。"))
    elif draft is not None and code == "files":
        uploads = request.FILES.getlist("files")
        for said in _take(uploads, visitor, draft)[0] if uploads else ():
            messages.error(request, said)
    elif draft is not None or typed:
        try:
            _save(request, visitor, draft or _begun(request, visitor), typed)
        except limits.TooOften as often:
            messages.error(request, wording.say(often))
    return preferences.choose(request)


@require_safe
@public
def alike(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show published cases that are like what is being told: perhaps one is enough to follow."""
    draft = _draft(request, visitor)
    if draft is None:
        return redirect("portal:begin", visitor.city.code)
    context = {"rows": _alike(visitor, draft), "onward": steps.following("place")}
    return render(request, "portal/alike.html", context)


@require_POST
@public
def remove_file(request: HttpRequest, visitor: Visitor, file: UUID) -> HttpResponse:
    """Take a file out of the draft."""
    draft = _draft(request, visitor)
    if draft is None:
        return redirect("portal:begin", visitor.city.code)
    filings.remove_file(draft.id, file)
    return redirect("portal:step", visitor.city.code, "files")


def filed_draft(request: HttpRequest, visitor: Visitor) -> Kept | None:
    """Return what this session has filed last, while its receipt is kept and nobody else has signed in."""
    for name in (DRAFT, _FILED):
        # The session of a second press may know it by its first name still.
        found = visitors.recalled(request, visitor.city.code, name)
        kept = filings.kept(UUID(str(found)), city=visitor.city.code, now=visitor.now) if found else None
        if kept is None or not kept.order:
            continue
        row = own.of_id(visitor.city.code, kept.order)
        if name == DRAFT or kept.order in visitor.opened or (row is not None and own.is_of(row, visitor.appellants)):
            return kept
    return None


def _begun(request: HttpRequest, visitor: Visitor) -> Kept:
    """Return a new draft, which the session keeps from now on. Raises: TooOften."""
    limits.hit(limits.DRAFT_BY_ADDRESS, visitor.address, now=visitor.now)
    made = filings.begin(visitor.city.code, now=visitor.now)
    visitors.remember(request, visitor.city.code, DRAFT, str(made))
    return Kept(made, {}, "", "")


def _save(request: HttpRequest, visitor: Visitor, draft: Kept, answers: filings.Answers) -> None:
    """Keep answers; the draft and the session that leads to it are good for another day."""
    filings.save(draft.id, answers, now=visitor.now)
    visitors.hold(request, filings.GOOD_FOR)


def _files(request: HttpRequest, visitor: Visitor, draft: Kept) -> HttpResponse:
    refused: list[str] = []
    status = 200
    if request.method == "POST":
        uploads = request.FILES.getlist("files")
        onward = "onward" in request.POST
        refused, status = _take(uploads, visitor, draft) if uploads or not onward else ([], 200)
        if not refused:
            if onward:
                _save(request, visitor, draft, steps.FILES_PASSED)
                return _onward(request, visitor, draft, "files")
            return redirect("portal:step", visitor.city.code, "files")
    context = {
        **_way(visitor, "files", request),
        **upload_field(refused),
        "keep_at": _keep_at(visitor, "files"),
        "files": filings.files(draft.id),
    }
    return render(request, "portal/files.html", context, status=status)


def upload_field(refused: list[str]) -> dict[str, object]:
    """Return what the field for files shows: kinds, limits, and what is wrong with those that were refused."""
    most = places.limits()
    return {
        "refused": refused,
        "accept": ",".join(f".{extension}" for extension in ACCEPTED),
        "most": {"files": most.order_files, "file": most.file // 1_048_576, "video": most.video // 1_048_576},
    }


def _take(uploads: list[UploadedFile[bytes]], visitor: Visitor, draft: Kept) -> tuple[list[str], int]:
    """Take files in; return what is wrong with each that was not, and the answer's status."""
    return taken(
        uploads,
        visitor,
        lambda stream, name, scanner: filings.add_file(draft.id, stream, name=name, visitor=visitor, scanner=scanner),
    )


def taken(
    uploads: list[UploadedFile[bytes]],
    visitor: Visitor,
    take: Callable[[BinaryIO, str, Scanner], object],
) -> tuple[list[str], int]:
    """Give each file to `take`; return what is said of those that were refused, and the answer's status."""
    if not uploads:
        return [wording.say(Rejected("files_missing"))], 422
    refused: list[str] = []
    scanner = places.scanner()
    for upload in uploads:
        try:
            limits.hit(limits.UPLOAD_BY_ADDRESS, visitor.address, now=visitor.now)
            take(cast(BinaryIO, upload.file), upload.name or "", scanner)
        except (ScannerAway, limits.TooOften) as away:
            return [*refused, wording.say(away)], 503 if isinstance(away, ScannerAway) else 429
        except Rejected as rejected:
            refused.append(wording.say(rejected))
    return refused, 422 if refused else 200


def _check(request: HttpRequest, visitor: Visitor, draft: Kept, rules: Rules) -> HttpResponse:
    """Show all answers, and file. Source: JY-9.1a, SZ-15.1, SQ-10.1."""
    left = steps.missing(draft.answers, visitor=visitor, rules=rules)
    if left is not None:
        messages.info(request, _("还有没填的内容，填完再提交。"))
        return redirect("portal:step", visitor.city.code, left)
    form = CheckForm(request.POST if request.method == "POST" else None, now=visitor.now)
    if request.method == "POST" and not form.is_valid() and (filed := filings.filed_meanwhile(draft.id)) is not None:
        # Of two presses at the same moment the first has used up the answer to the question.
        return _received(request, visitor, filed)
    if request.method == "POST" and form.is_valid():
        try:
            limits.hit(limits.FILE_BY_ADDRESS, visitor.address, now=visitor.now)
            command = steps.command_of(draft.answers, visitor=visitor, rules=rules)
            filed = filings.file(draft.id, command, visitor=visitor, title=draft.answers["title"])
        except Rejected as rejected:
            form.add_error(None, wording.say(rejected, rules))
        else:
            return _received(request, visitor, filed)
    answered = steps.summary(draft.answers, visitor=visitor, rules=rules, files=len(filings.files(draft.id)))
    said = ("content", "place", "about")
    context = {**_way(visitor, "check", request), "form": form, "answered": answered, "said": said}
    return render(request, "portal/check.html", context, status=422 if request.method == "POST" else 200)


def _received(request: HttpRequest, visitor: Visitor, filed: Kept) -> HttpResponse:
    visitors.remember(request, visitor.city.code, DRAFT, None)
    visitors.remember(request, visitor.city.code, _FILED, str(filed.id))
    visitors.hold(request, filings.GOOD_FOR)
    visitors.open_order(request, visitor.city.code, filed.order)
    return redirect("portal:receipt", visitor.city.code)


def _onward(request: HttpRequest, visitor: Visitor, draft: Kept, code: str) -> HttpResponse:
    """Return the next page: back to the last look for who came from there, else the next question."""
    if request.POST.get("back") == "check":
        return redirect("portal:step", visitor.city.code, "check")
    if code == "place":
        fresh = filings.kept(draft.id, city=visitor.city.code, now=visitor.now)
        if fresh is not None and _alike(visitor, fresh):
            return redirect("portal:alike", visitor.city.code)
    return redirect("portal:step", visitor.city.code, steps.following(code))


def _alike(visitor: Visitor, draft: Kept) -> list[publication.Case]:
    said = f"{draft.answers.get('title', '')} {draft.answers.get('content', '')}"
    return publication.alike(visitor.city.code, content=said, place=draft.answers.get("place", ""))


def _keep_at(visitor: Visitor, code: str) -> str:
    """Return where the buttons for how pages look send a question's form."""
    return reverse("portal:keep", args=(visitor.city.code, code))


def _way(visitor: Visitor, code: str, request: HttpRequest) -> dict[str, object]:
    wanted = request.POST.get("back") if request.method == "POST" else request.GET.get("back")
    back = "check" if wanted == "check" and code != "check" else ""
    return {
        "step": steps.BY_CODE[code],
        "place": steps.place_of(code),
        "total": len(STEPS),
        "before": back or steps.before(code),
        "back": back,
        "resumed": "resumed" in request.GET,
    }


def _draft(request: HttpRequest, visitor: Visitor) -> Kept | None:
    """Return the session's draft, unless it is filed or too old."""
    found = visitors.recalled(request, visitor.city.code, DRAFT)
    draft = filings.kept(UUID(str(found)), city=visitor.city.code, now=visitor.now) if found else None
    return draft if draft is not None and not draft.order else None
