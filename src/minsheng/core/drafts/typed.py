"""What a form sent, kept for whoever typed it, and forgotten once it was taken: `unsent` between requests and views.

A form that takes part names itself in a hidden field (`site/draft.html`); `site/drafts.js` keeps it while it is typed.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from minsheng.core.drafts import unsent
from minsheng.core.people.gates import left
from minsheng.gateways import clock

_LONGEST_ADDRESS = 500


def keep(request: HttpRequest, staff: int) -> bool:
    """Keep what the form sent; return whether it takes part, fits, and has not been taken already."""
    form = request.POST.get("draft", "")
    fields = unsent.typed({name: [str(each) for each in values] for name, values in request.POST.lists()})
    if not unsent.fits(form, fields):
        return False
    return unsent.save(staff, form, fields=fields, key=key_of(request), now=clock.now())


def keep_unsent(request: HttpRequest, staff: int | None) -> str:
    """Keep a form that met an ended session, for whoever had it, None where nobody knows; return its page.

    Empty where nothing was kept although it could have been.
    """
    return page_of(request) if staff is None or keep(request, staff) else ""


def keep_own(request: HttpRequest) -> str | None:
    """Keep a form that was refused for its token, for whoever's session it is; return its page, None if not kept.

    A form that somebody else had open before, in the same browser, is not theirs.
    """
    staff = request.user.pk if request.user.is_authenticated else left(request)
    if staff is None or not is_theirs(request, staff) or not keep(request, staff):
        return None
    return page_of(request)


def is_theirs(request: HttpRequest, staff: int) -> bool:
    """Tell whether the form was shown to this person; one that doesn't say to whom counts as theirs."""
    return request.POST.get("draft_person", str(staff)) == str(staff)


def refused(request: HttpRequest) -> None:
    """Keep what was sent with a form that is shown anew and empty after a refusal."""
    if request.user.pk is not None:
        keep(request, request.user.pk)


def taken(request: HttpRequest) -> None:
    """Forget what was typed into the form that was sent: the server has taken it."""
    form = request.POST.get("draft", "")
    if request.user.pk is not None and unsent.fits(form, {}):
        unsent.drop(request.user.pk, form, key=key_of(request), now=clock.now())


def key_of(request: HttpRequest) -> UUID | None:
    """Return which showing of the form it is, by the script's mark or the form's own key; None where it says none."""
    try:
        return UUID(request.POST.get("draft_key") or request.POST.get("key", ""))
    except ValueError:
        return None


def page_of(request: HttpRequest) -> str:
    """Return the page that the form stands on, empty where it names none of ours."""
    page = request.POST.get("draft_page", "")
    is_ours = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if is_ours and len(page) <= _LONGEST_ADDRESS else ""
