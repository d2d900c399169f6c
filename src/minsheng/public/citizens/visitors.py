"""Who visits: the city of the address, the account of the session, the orders that were opened with a code.

An order that is not one's own does not exist: the same answer as for a number that was never given, and on record.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from minsheng.core.ledger import actions as ledger
from minsheng.core.people.signin import client_address
from minsheng.core.policies import queries as policies
from minsheng.core.policies.queries import CityFacts
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.public.citizens import accounts, limits
from minsheng.public.citizens.accounts import Known

_KEY = "citizen"
_OPENED_AT_MOST = 50
# The draft outlives an account that was left idle: it is promised for a day.
DRAFT = "draft"
# The moment of last use is written at most this often, so that reading a page does not cost a write each time.
_SEEN_EVERY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Visitor:
    """A request's city, moment and account, and the orders that its session may see by their codes."""

    city: CityFacts
    now: datetime
    address: str
    account: Known | None
    opened: frozenset[str]
    # Whether the session knows anything of a citizen: an account, opened orders, a draft.
    is_known: bool = False
    # Every pseudonym that the account's telephone goes by.
    appellants: frozenset[UUID] = frozenset()

    @property
    def actor(self) -> Actor:
        """Return the actor of the domain."""
        return self.account.actor if self.account is not None else Actor("citizen")


# A page gets its visitor where the address had the city; the rest of the address follows by name.
Page = Callable[..., HttpResponse]


def public(page: Page) -> Page:
    """Give a page its visitor; a city that there is not, or that is closed, is 404."""

    @wraps(page)
    def view(request: HttpRequest, city: str, **rest: Any) -> HttpResponse:
        visitor = of(request, city)
        request.minsheng_visitor = visitor  # type: ignore[attr-defined]
        return page(request, visitor, **rest)

    return view


def of(request: HttpRequest, city: str) -> Visitor:
    """Return who visits the city. Raises: Http404."""
    try:
        facts = policies.city(city)
    except Rejected as rejected:
        raise Http404 from rejected
    if not facts.active:
        raise Http404
    kept = _in_use(request, city)
    account = kept.get("account")
    return Visitor(
        city=facts,
        now=clock.now(),
        address=client_address(request) or "",
        account=accounts.known(UUID(str(account)), city=city) if account else None,
        opened=frozenset(_texts(kept.get("opened"))),
        is_known=bool(kept),
        appellants=frozenset(UUID(each) for each in _texts(kept.get("appellants"))) if account else frozenset(),
    )


def enter(request: HttpRequest, visitor: Visitor, account: UUID) -> None:
    """Let the session be this account's; the session's key changes.

    What was opened before stays behind: the account's own orders are known by their pseudonyms, others are not for the
    next person at the same machine. A draft comes along, unless it was another account's.
    """
    kept = _kept(request, visitor.city.code)
    behind = {"opened", "verify"} | ({DRAFT} if kept.get("account", str(account)) != str(account) else set())
    kept = {name: each for name, each in kept.items() if name not in behind}
    request.session.cycle_key()
    known = accounts.known(account, city=visitor.city.code)
    own = accounts.own_appellants(known, now=visitor.now) if known is not None else []
    mine = sorted({str(each) for each in own} | ({str(known.appellant)} if known is not None else set()))
    _keep(request, visitor.city.code, {**kept, "account": str(account), "appellants": mine, "seen": time.time()})


def leave(request: HttpRequest) -> None:
    """Forget everything that the session knew of citizens; whoever is signed in as staff stays so."""
    request.session.pop(_KEY, None)
    request.session.cycle_key()


def hold(request: HttpRequest, good_for: timedelta) -> None:
    """Let the session and its cookie last so long from now on; staff's own limits are kept all the same.

    Those are `site.middleware.session_limits`, which looks at no cookie's age.
    """
    request.session.set_expiry(int(good_for.total_seconds()))


def open_by_code(request: HttpRequest, city: str, order: str) -> None:
    """Let the session see an order whose number and code were given; the session's key changes, as at signing in."""
    request.session.cycle_key()
    open_order(request, city, order)


def open_order(request: HttpRequest, city: str, order: str) -> None:
    """Let the session see an order that it has filed itself; whoever pressed twice still has the same key."""
    kept = _kept(request, city)
    opened = [each for each in _texts(kept.get("opened")) if each != order][-_OPENED_AT_MOST:]
    _keep(request, city, {**kept, "opened": [*opened, order]})


def remember(request: HttpRequest, city: str, name: str, value: object) -> None:
    """Keep something else of the citizen's way through the pages; None forgets it."""
    kept = {key: each for key, each in _kept(request, city).items() if key != name}
    _keep(request, city, kept if value is None else {**kept, name: value})


def recalled(request: HttpRequest, city: str, name: str) -> object:
    """Return what was kept under a name, or None."""
    return _kept(request, city).get(name)


def outside(request: HttpRequest, path: str) -> str:
    """Return the whole address of a path, as whoever is elsewhere uses it: as configured, not as the request says."""
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def strange(visitor: Visitor, *, wanted: str, command: str) -> Http404:
    """Put on record that somebody asked for what is not theirs; return the answer to raise, the same for everything.

    `wanted` names what was asked for as the address did, shortened; whoever asks too often is no longer written down.
    """
    try:
        limits.hit(limits.STRANGE_BY_ADDRESS, visitor.address, now=visitor.now)
    except limits.TooOften:
        return Http404("not found")
    plain = {"role": "citizen"} | ({"person": visitor.actor.person} if visitor.actor.person else {})
    plain["from"] = limits.keyed("address", visitor.address).hex()[:16]
    ledger.refuse(
        at=visitor.now, city=visitor.city.code, stream=f"public/{_plain(wanted)}", actor=plain, command=command,
        code="not_found",
    )  # fmt: skip
    return Http404("not found")


def _plain(wanted: str) -> str:
    return "".join(each for each in wanted[:80] if each.isprintable())


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _in_use(request: HttpRequest, city: str) -> dict[str, object]:
    """Return what the session knows, without an account that was idle too long and what only its owner may see.

    The wall clock counts here, as for staff.
    """
    kept = _kept(request, city)
    if not kept.get("account"):
        return kept
    present = time.time()
    idle = present - float(str(kept.get("seen", 0.0)))
    if idle > settings.CITIZEN_IDLE.total_seconds():
        kept = {name: each for name, each in kept.items() if name == DRAFT}
        _keep(request, city, kept)
        request.session.cycle_key()
        messages.info(request, _("长时间没有操作，已自动退出，请重新登录。"))
    elif idle > _SEEN_EVERY_SECONDS:
        kept["seen"] = present
        _keep(request, city, kept)
    return kept


def _kept(request: HttpRequest, city: str) -> dict[str, object]:
    found = request.session.get(_KEY) or {}
    mine = found.get(city)
    return dict(mine) if isinstance(mine, dict) else {}


def _keep(request: HttpRequest, city: str, value: dict[str, object]) -> None:
    request.session[_KEY] = {**(request.session.get(_KEY) or {}), city: value}
