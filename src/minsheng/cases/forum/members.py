"""Members of the forum: a free name beside a citizen's account, let in by the administrator; bans with their reason.

Names are compared in one spelling, so that width, case, blanks and letters that nobody sees tell no two apart. Names of
organs and of the city's units are nobody's. Source: SZ-17a, SZ-17b, SZ-18.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from minsheng.cases.forum.models import Member
from minsheng.core.ledger import actions as ledger
from minsheng.core.people import queries as people
from minsheng.domain import covering, personal
from minsheng.domain.actors import Actor
from minsheng.domain.covering import covered
from minsheng.domain.folding import fold
from minsheng.domain.rejected import Rejected
from minsheng.gateways import ids

LONGEST: Final = 16
LEFT: Final = "已注销用户"
# What everybody reads of a member whose name was not let in yet.
NAMELESS: Final = "网友"
# Words that speak for whoever runs the forum, or for an organ.
RESERVED: Final = (
    "12345", "管理员", "版主", "官方", "客服", "便民服务员", "公安", "法院", "检察", "监察", "纪委", "政府", "热线办",
    "党委", "市委", "注销",
)  # fmt: skip
STREAM: Final = "member"
_LISTED: Final = 200
FOR_GOOD: Final = datetime(9999, 1, 1, tzinfo=UTC)
_NAMED: Final = re.compile(r"[\w·-]+")
# Letters that look like others, in pairs: of other scripts, of kana, and those that few can tell apart in small type.
_PAIRS: Final = (
    "аaеeоoрpсcуyхxіlјjѕsвbмmнhтtкkһhԁdԛqԝwαaοoρpνvκkιlτtυuɡgɑaᴀaᴇeᴏoꭰdꭱrꭲlꭺaꭼeꮃwꮇmꮋhꮐgꮓzꮤwꮩvꮪsꮮlꮯcꮲp"
    "0o1lil|lıl"
    "ニ二ロ口エ工ハ八カ力タ夕ト卜オ才ミ三ー一菅管"
)
_ALIKE: Final = {ord(seen): read for seen, read in zip(_PAIRS[::2], _PAIRS[1::2], strict=True)}
# What stands between the letters of a name changes nothing about how it is read.
_BETWEEN: Final = re.compile(r"[\W_]")


@dataclass(frozen=True, slots=True)
class Ban:
    """Until when somebody may not write, none for good, and why."""

    until: datetime | None
    reason: str


def folded(name: str) -> str:
    """Return a name as it is compared."""
    return covering.spelt(_BETWEEN.sub("", fold(name).text.casefold())).translate(_ALIKE)


def of_account(account: UUID, *, city: str, now: datetime) -> Member:
    """Return the member of an account; one that has not been there begins without a name."""
    fresh = Member(id=ids.uuid7(now), city_id=city, account=account, created_at=now)
    found, _ = Member.objects.get_or_create(city_id=city, account=account, defaults={"id": fresh.id, "created_at": now})
    return found


def ask_name(member: Member, name: str, *, own: str = "", now: datetime) -> None:
    """Let a name wait for the administrator; the one before stays until then. Raises: Rejected.

    `own`: the member's real name, which is none for the forum: real behind, free in front (SZ-17a, SZ-26).
    """
    name = name.strip()
    _check(member, name)
    if len(own) > 1 and folded(own) in folded(name):
        raise Rejected("forum_name_own")
    with transaction.atomic():
        _hold(member)
        _free(member, folded(name))
        Member.objects.filter(pk=member.pk).update(asked=name, asked_folded=folded(name), asked_at=now, refused="")


def approve_name(id: UUID, name: str, *, city: str, by: Actor, now: datetime) -> None:
    """Let a name in, the one that was read. Raises: Rejected where the member asked for another one meanwhile."""
    with transaction.atomic():
        member = _waiting(id, city)
        if member.asked != name:
            raise Rejected("not_found", status="")
        _free(member, member.asked_folded)
        _record(id, "ForumNameApproved", "", city=city, by=by, now=now)
        Member.objects.filter(pk=id).update(
            name=member.asked, folded=member.asked_folded, asked="", asked_folded="", asked_at=None
        )


def refuse_name(id: UUID, name: str, reason: str, *, city: str, by: Actor, now: datetime) -> None:
    """Not let a name in, the one that was read; its member reads why. Raises: Rejected."""
    if not reason.strip():
        raise Rejected("reason_missing")
    with transaction.atomic():
        if _waiting(id, city).asked != name:
            raise Rejected("not_found", status="")
        _record(id, "ForumNameRefused", reason, city=city, by=by, now=now)
        Member.objects.filter(pk=id).update(asked="", asked_folded="", asked_at=None, refused=reason.strip()[:200])


def is_banned(member: str, *, now: datetime) -> bool:
    """Return whether a member may not write now."""
    try:
        id = UUID(member)
    except ValueError:
        return False
    return Member.objects.filter(pk=id, banned_until__gt=now).exists()


def ban_of(member: Member | None, *, now: datetime) -> Ban | None:
    """Return until when a member may not write, for good where that is none, and why; None for whoever may."""
    if member is None or member.banned_until is None or member.banned_until <= now:
        return None
    return Ban(None if member.banned_until == FOR_GOOD else member.banned_until, member.banned_for)


def bar(id: UUID, *, days: int | None, reason: str, city: str, by: Actor, now: datetime) -> None:
    """Keep a member from writing for so many days, for good where none are named. Raises: Rejected.

    Source: SZ-18.
    """
    if not reason.strip():
        raise Rejected("reason_missing")
    until = FOR_GOOD if days is None else now + timedelta(days=days)
    with transaction.atomic():
        member = _held(id, city)
        _record(id, "ForumMemberBarred", reason, city=city, by=by, now=now)
        Member.objects.filter(pk=member.pk).update(banned_until=until, banned_for=reason.strip()[:200])


def let_write(id: UUID, *, city: str, by: Actor, now: datetime) -> None:
    """Let a member write again. Raises: Rejected."""
    with transaction.atomic():
        member = _held(id, city)
        _record(id, "ForumMemberLetWrite", "", city=city, by=by, now=now)
        Member.objects.filter(pk=member.pk).update(banned_until=None, banned_for="")


def waiting_names(city: str) -> list[Member]:
    """Return the members whose name waits, the one that waits longest first."""
    return list(Member.objects.filter(city=city).exclude(asked="").order_by("asked_at", "id")[:_LISTED])


def barred(city: str, *, now: datetime) -> list[Member]:
    """Return the members who may not write now."""
    return list(Member.objects.filter(city=city, banned_until__gt=now).order_by("banned_until", "id")[:_LISTED])


def accounts(city: str) -> list[UUID]:
    """Return the accounts that have written in the forum, or have asked for a name in it; for counts alone."""
    return list(Member.objects.filter(city=city).values_list("account", flat=True))


def names(members: set[str]) -> dict[str, str]:
    """Return what everybody reads of members, by id: the name, or a word for who has none yet, or has left."""
    known = {
        str(row.pk): row.name or NAMELESS
        for row in Member.objects.filter(pk__in=[each for each in members if is_id(each)])
    }
    return {each: known.get(each, LEFT) for each in members}


def is_id(text: str) -> bool:
    """Return whether a text is a member's id."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _check(member: Member, name: str) -> None:
    if not name:
        raise Rejected("forum_name_empty")
    if len(name) > LONGEST or not _NAMED.fullmatch(name):
        raise Rejected("forum_name_odd", most=LONGEST)
    spelt = folded(name)
    units = (folded(each) for each in people.all_units(member.city_id))
    if any(folded(word) in spelt for word in RESERVED) or any(each in spelt for each in units):
        raise Rejected("forum_name_reserved")
    if any(found.kind in personal.GRAVE for found in personal.find(name)):
        raise Rejected("forum_name_reserved")


def _free(member: Member, spelt: str) -> None:
    """Refuse a name that somebody has, or waits for."""
    others = Member.objects.filter(city=member.city_id).exclude(pk=member.pk)
    if others.filter(folded=spelt).exists() or others.filter(asked_folded=spelt).exclude(asked="").exists():
        raise Rejected("forum_name_taken")


def _hold(member: Member) -> None:
    ledger.hold(f"forum names {member.city_id}")


def _record(id: UUID, type: str, reason: str, *, city: str, by: Actor, now: datetime) -> None:
    """Put on record who decided about a member, and why; nobody is named in it."""
    ledger.record(city, f"{STREAM}/{id}", type, {"reason": covered(reason.strip()[:200])}, actor=by, now=now)


def _held(id: UUID, city: str) -> Member:
    found = Member.objects.select_for_update().filter(pk=id, city=city).first()
    if found is None:
        raise Rejected("not_found", status="")
    return found


def _waiting(id: UUID, city: str) -> Member:
    found = Member.objects.select_for_update().filter(pk=id, city=city).exclude(asked="").first()
    if found is None:
        raise Rejected("not_found", status="")
    _hold(found)
    return found
