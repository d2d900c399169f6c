"""Operation: what waits, what was refused, messages by state, the cities and their tiers, the categories of appeals.

Nothing of an order or a person: codes and counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wording
from minsheng.cases.orders.office import routing
from minsheng.core.jobs import queries as jobs
from minsheng.core.ledger import queries as ledger
from minsheng.core.messages import queries as sent
from minsheng.core.people.queries import Person
from minsheng.core.policies import actions
from minsheng.core.policies import queries as policies
from minsheng.desks.administration import listing
from minsheng.desks.administration.forms.operation import PlaceForm
from minsheng.desks.administration.gate import administrator
from minsheng.desks.administration.pressing import done
from minsheng.gateways import clock, packfiles
from minsheng.workbench import downloads

SINCE = timedelta(days=7)
_CATEGORY_COLUMNS = (
    gettext_noop("编码"),
    gettext_noop("大类"),
    gettext_noop("中类"),
    gettext_noop("小类"),
    gettext_noop("别名"),
)


@require_safe
@administrator
def state(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what waits, what was refused and how messages stand; or give the refusals as a file."""
    now = clock.now()
    refusals = [
        (code, wording.COMMANDS.get(command, command), count, last)
        for code, command, count, last in ledger.refusals(person.city, since=now - SINCE)
    ]
    columns = (_("代码"), _("操作"), _("次数"))
    table = listing.Table("refusals", _("被拒绝的操作"), columns, lambda: [row[:3] for row in refusals])
    if (file := listing.exported(request, person, table)) is not None:
        return file
    waiting, since = ledger.waiting()
    counts = jobs.counts()
    workers, last = jobs.workers()
    context = {
        "waiting": waiting,
        "since": since,
        "next_alarm": ledger.next_alarm(),
        "jobs": [(counts.get(code, 0), label) for code, label in _job_states()],
        "workers": workers,
        "last": last,
        "messages_by_state": [
            (channel, wording.MESSAGE_STATES.get(code, code), count)
            for (channel, code), count in sorted(sent.counts(person.city, since=now - SINCE).items())
        ],
        "refusals": refusals,
        "days": SINCE.days,
        "kinds": downloads.TABLES,
    }
    return render(request, "administration/operation.html", context)


@require_http_methods(["GET", "POST"])
@administrator
def cities(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the platforms with their tiers; say where one's own stands, which gives nobody a sight of another."""
    own = policies.city(person.city)
    everybody = policies.cities(active=False)
    others = [(each.code, f"{each.name}（{each.code}）") for each in everybody if each.code != own.code]
    given = request.POST if request.method == "POST" else None
    form = PlaceForm(given, cities=others, initial={"tier": own.tier, "parent": own.parent or ""})

    def work(now: datetime) -> None:
        wanted = form.cleaned_data
        actions.place_city(own.code, tier=wanted["tier"], parent=wanted["parent"] or None, actor=person.actor, now=now)

    if request.method == "POST" and done(request, person, form, "city place", work):
        messages.success(request, _("已办理。"))
        return redirect("administration:cities")
    names = {each.code: each.name for each in everybody}
    rows = [
        (each, wording.TIERS[each.tier], names.get(each.parent or "", ""), each.code == own.code) for each in everybody
    ]
    context = {"rows": rows, "form": form, "own": own}
    return render(request, "administration/cities.html", context, status=422 if form.errors else 200)


@require_safe
@administrator
def categories(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the tree of categories with the words by which each is found; it is data of the program."""
    form = listing.ListForm(request.GET)
    form.is_valid()
    words = form.cleaned_data.get("words", "")
    tree = packfiles.categories()
    found = tree.matching(words, limit=len(tree.by_code)) if words else list(tree.by_code.values())
    table = listing.Table(
        "categories",
        _("诉求分类"),
        tuple(map(_, _CATEGORY_COLUMNS)),
        lambda: [(each.code, each.group, each.area, each.name, "、".join(each.words)) for each in found],
    )
    if (file := listing.exported(request, person, table)) is not None:
        return file
    ended = [(code, count) for code, count in routing.dispatched(person.city).items() if code not in tree.by_code]
    context = {**listing.frame(form, total=len(found)), "rows": found, "ended": ended}
    return render(request, "administration/categories.html", context)


def _job_states() -> tuple[tuple[str, str], ...]:
    return (("failed", _("失败")), ("doing", _("正在执行")), ("todo", _("等待")))
