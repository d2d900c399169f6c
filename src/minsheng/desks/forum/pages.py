"""The claim of a thread, and the text that a unit writes for its leader's approval. Source: SZ-20a, SZ-22a."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from minsheng.cases.forum.actions import KIND
from minsheng.cases.forum.readers import APPROVING
from minsheng.core.drafts import texts, typed
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import queries as things
from minsheng.core.lifecycles import saying
from minsheng.core.lifecycles.kinds import Key
from minsheng.core.people import queries as people
from minsheng.core.people.gates import thing_desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum.state import ATTENDED, WORKED
from minsheng.domain.orders.fields import LONG
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways import clock

_LONGEST: Final = 100
_UNITS: Final = ("officer", "leader", "head")


class TextForm(forms.Form):
    """What a unit is going to say in a thread."""

    text = forms.CharField(
        label=gettext_lazy("回复内容"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": gettext_lazy("请填写回复内容。")},
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("用作"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择用作什么。")},
    )

    def __init__(self, *args: Any, purposes: tuple[tuple[str, str], ...], **options: Any) -> None:
        super().__init__(*args, **options)
        purpose: Any = self.fields["purpose"]
        purpose.choices = purposes
        if len(purposes) == 1:
            purpose.widget, purpose.initial = forms.HiddenInput(), purposes[0][0]
            self.initial["purpose"] = purposes[0][0]


class RemarkForm(forms.Form):
    """What a leader wants to have changed, and which text they read."""

    remark = forms.CharField(
        label=gettext_lazy("要修改的地方"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请写明要修改的地方，再退给经办人。")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=_LONGEST)


@require_POST
@thing_desk
def claim(request: HttpRequest, person: Person, id: UUID) -> HttpResponse:
    """Claim a thread for the own unit: who comes first has it, and whoever comes after is told so."""
    if person.acting_as != "officer":
        raise PermissionDenied
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        raise Http404 from None
    try:
        lifecycles.apply(
            KIND, id, cmd.Claim(), city=person.city, by=person.actor, now=clock.now(),
            key=Key(f"staff:{person.id}", str(key), f"claim {id}"),
        )  # fmt: skip
    except Rejected as refused:
        if refused.code == "not_found":
            raise Http404 from refused
        taken = KIND.rows_in(person.city, pk=id).values_list("target_unit", flat=True).first()
        messages.error(
            request, _("这个帖子已由%(unit)s领办。") % {"unit": taken} if taken else saying.say(KIND, refused)
        )
        return redirect("desks:forum_patrol")
    messages.success(request, _("已领办，请按时关注、答复。"))
    return redirect("things:thing", "thread", str(id))


@require_http_methods(["GET", "POST"])
@thing_desk
def text(request: HttpRequest, person: Person, id: UUID) -> HttpResponse:
    """Write what the own unit says next, and send it to its leader; who sends it back with what is to be changed."""
    row = things.visible(KIND, person.actor, city=person.city).filter(pk=id).first()
    if row is None or not _is_own(row, person) or row.status not in WORKED:
        raise Http404
    if person.acting_as in APPROVING:
        return _sent_back(request, person, row)
    if person.acting_as != "officer":
        raise Http404
    now = clock.now()
    stream, unit = KIND.stream(row.pk), row.target_unit
    kept = texts.of(stream, unit=unit)
    purposes = _purposes(row, policies.rules_for(person.city, now=now))
    before = {"text": kept.text, "purpose": kept.purpose} if kept else {}
    form = TextForm(request.POST if request.method == "POST" else None, initial=before, purposes=purposes)
    if request.method == "POST" and form.is_valid():
        words = kept_of(cleaned(form.cleaned_data["text"]))
        sends = "submit" in request.POST
        texts.save(
            stream, unit=unit, text=words, saved_by=person.actor.person or "", now=now, submit=sends,
            purpose=form.cleaned_data["purpose"],
        )  # fmt: skip
        typed.taken(request)
        messages.success(request, _("已送审。") if sends else _("已保存。"))
        return redirect(reverse("things:thing", args=("thread", str(id))))
    context = {"row": row, "form": form, "kept": kept}
    return render(request, "desks/forum_text.html", context, status=422 if form.errors else 200)


def _purposes(row: Any, rules: Rules) -> tuple[tuple[str, str], ...]:
    """Return what the unit may say next, as the form offers it."""
    stance = ((cmd.Stance.name, _("表态性回复")),) if row.status == ATTENDED and rules.forum_stance is not None else ()
    return (*stance, (cmd.AnswerPost.name, _("答复")))


def _sent_back(request: HttpRequest, person: Person, row: Any) -> HttpResponse:
    """Let the leader send the unit's text back to whoever wrote it."""
    kept = texts.of(KIND.stream(row.pk), unit=row.target_unit)
    if kept is None or kept.submitted_at is None:
        messages.error(request, _("没有待审签的答复稿，请刷新后查看。"))
        return redirect(reverse("things:thing", args=("thread", str(row.pk))))
    form = RemarkForm(request.POST if request.method == "POST" else None, initial={"seen": kept.digest})
    if request.method == "POST" and form.is_valid():
        remark, seen = kept_of(cleaned(form.cleaned_data["remark"])), form.cleaned_data["seen"]
        if texts.send_back(KIND.stream(row.pk), unit=row.target_unit, remark=remark, seen=seen):
            typed.taken(request)
            messages.success(request, _("答复稿已退给经办人修改。"))
        else:
            typed.refused(request)
            messages.error(request, _("没有待审签的答复稿，请刷新后查看。"))
        return redirect(reverse("things:thing", args=("thread", str(row.pk))))
    context = {"row": row, "form": form, "sent": kept}
    return render(request, "desks/forum_text.html", context, status=422 if form.errors else 200)


def _is_own(row: Any, person: Person) -> bool:
    return row.target_unit in people.known_as(person.actor.unit or "")
