"""What people are told about an order, and where: whoever filed it, or an account that follows it.

`core.messages` keeps and sends it. Source: SQ-10.5a, JY-9.8a, SZ-15.3c.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.incoming import queries as incoming
from minsheng.cases.orders import actions as changes
from minsheng.cases.orders.storage import queries as orders
from minsheng.cases.orders.storage import records
from minsheng.core.ledger.values import ZONE
from minsheng.core.messages import queries as messages
from minsheng.core.messages import templates
from minsheng.core.messages.values import (
    CITIZEN,
    DUTY,
    FAX,
    LETTER,
    MARK,
    NEWS,
    ON_PAPER,
    SMS,
    Message,
    Sentence,
    account_of,
)
from minsheng.core.people import appellants, units
from minsheng.core.people import queries as people
from minsheng.core.policies import queries as policies
from minsheng.core.reach import queries as reach
from minsheng.domain.actors import SYSTEM
from minsheng.domain.facts import Notice
from minsheng.domain.notices import PLACES
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.events import Replied
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.gateways import carriers
from minsheng.gateways.wechat import values as wechat
from minsheng.public.citizens import codes, links
from minsheng.public.citizens.models import Account

# Decided before it has happened: nobody is told that something is public while its words wait for the auditor.
HELD: Final = frozenset({"published"})
# That something was published, or has a new result for who follows it, can wait.
PACES: Final = {"published": NEWS, "followed": NEWS}
# Sentences whose words a clause gives, to the letter.
FIXED: Final = {"referral_notice": "JY-12.4"}
# What is sent, in the order of an appeal's life.
NAMES: Final = {
    "referral_notice": gettext_noop("内部批转告知"),
    "extension_informed": gettext_noop("延期告知"),
    "answered": gettext_noop("已有答复，请评价"),
    "sms_callback": gettext_noop("短信回访"),
    "closed": gettext_noop("已办结"),
    "published": gettext_noop("已公开"),
    "followed": gettext_noop("关注的事项有新结果"),
}
# Those with a link, and what is said of it.
LINKED: Final = {
    "answered": gettext_noop("请点击评价：{link}"),
    "sms_callback": gettext_noop("请点击评价：{link}"),
    "followed": "{link}",
}
# What a sentence ends in whose next one is left out, since it has no link.
_OPEN_ENDED: Final = "；;，, "
# What is answered by a grade.
RATED: Final = ("answered", "sms_callback")
# What has the answer with it where it goes by letter or fax.
ANSWERING: Final = (*RATED, "closed")
EXAMPLE: Final = {
    "number": "20260918000123",
    "link": "https://12345.example.cn/l/Ab3dE6gH9jK2mN5p",
    "until": "2026-10-12 17:30",
    "unit": gettext_noop("某某局"),
    "phone": "86860000",
}


def channels(message: Message, *, now: datetime) -> Sequence[str]:
    """Return what the recipient wishes first, then the channel that the appeal came by, then text messages.

    A channel that nobody carries, or in which the appellant has no address, is none. Who wants no news is told none; a
    duty goes all the same (JY-12.4, SZ-15.3c). Source: JY-9.4; A-70.
    """
    if message.recipient.startswith(DUTY):
        return (SMS,)
    order = records.order_id_of(message.stream)
    appellant = _appellant(message, order)
    if appellant is None:
        return (SMS,)
    wishes = reach.wishes(appellant)
    if wishes.no_news and PACES.get(message.kind) == NEWS:
        return ()
    if account_of(message.recipient) is not None:
        return (SMS,)
    there = {SMS, *reach.channels_of(appellant, about=records.appeal_of(order))}
    came_by = [orders.peek([order])[order].order.channel]
    if incoming.came_by_letter(records.appeal_of(order)) and appellants.has_address(appellant):
        there.add(LETTER)
        came_by.insert(0, LETTER)
    wanted = (*wishes.channels, *came_by, SMS)
    return [
        each for each in dict.fromkeys(wanted) if each in there and (each == SMS or messages.is_carried(each, now=now))
    ]


def undelivered(message: Message, *, channels: Sequence[str], now: datetime) -> bool:
    """Let the order know, so that somebody calls; tell whether somebody can. Source: JY-9.4, JY-12.4; A-70."""
    order = records.order_id_of(message.stream)
    appellant = None if message.recipient != CITIZEN else _appellant(message, order)
    if appellant is None or not appellants.has_phone(appellant):
        return False
    command: cmd.Command = cmd.NoteUndelivered(kind=message.kind, channels=tuple(channels))
    if message.kind == "sms_callback":
        command = cmd.CallInstead(channels=tuple(channels))
    try:
        changes.apply(command, order_id=order, actor=SYSTEM, now=now)
    except Rejected:
        # Nobody waits for the answer any more.
        return False
    return True


def address(message: Message, *, now: datetime) -> str | None:
    """Return the telephone or the channel's address, after writing down that it was used; None where there is none.

    Who is on duty has given the number for this (SZ-9b): that it was used is on record with the message itself.
    """
    if message.recipient.startswith(DUTY):
        unit = message.recipient.removeprefix(DUTY)
        today = units.stand_ins(message.city, names=[unit])
        return people.phone_on_duty(message.city, unit=today.get(unit, unit), at=now)
    order = records.order_id_of(message.stream)
    appellant = _appellant(message, order)
    if appellant is None:
        return None
    if message.channel == LETTER:
        return appellants.address_for_letter(appellant, city=message.city, order=order, now=now)
    if message.channel != SMS:
        about = records.appeal_of(order)
        return reach.address_for_message(appellant, city=message.city, channel=message.channel, about=about, now=now)
    return appellants.phone_for_message(appellant, city=message.city, order=order, now=now)


def text(message: Message, *, now: datetime) -> str:
    """Return the words, with a link where there is something to rate or to read, in the language that is wished."""
    mark = MARK if message.channel == SMS else ""
    if message.recipient.startswith(DUTY):
        return mark + _for_duty(message, now=now)
    appellant = _appellant(message, records.order_id_of(message.stream))
    with translation.override(reach.wishes(appellant).language or settings.LANGUAGE_CODE):
        words = templates.words(message.city, message.kind, now=now) if message.kind not in FIXED else ""
        rules = policies.rules_for(message.city, now=now)
        if not words or message.kind in rules.notices_words:
            words = _own_words(message.kind, rules)
        said = templates.filled(words, _values(message, words, now=now)).rstrip(_OPEN_ENDED)
        said = mark + (said or _("您反映的事项有新的进展，请拨打 12345 查询。")) + _how_to_reply(message, rules)
        if message.channel == FAX:
            # A letter has the number in its head; a fax has no other words than these.
            said = _("工单编号：{number}").format(number=_number(message)) + "\n" + said
        return said + (_answer(message) if message.channel in ON_PAPER else "")


def _answer(message: Message) -> str:
    """Return what the unit has answered, for paper that says that there is an answer (JY-9.4)."""
    order = records.order_id_of(message.stream)
    state = orders.peek([order])[order].order
    if message.kind not in ANSWERING or state.sealed or state.is_internal:
        return ""
    facts = [records.from_ledger(each).event for each in orders.history(order)]
    said = next((each.text for each in reversed(facts) if isinstance(each, Replied)), "")
    return "\n\n" + _("答复内容：{text}").format(text=said) if said else ""


def _how_to_reply(message: Message, rules: Rules) -> str:
    """Return how a rating is answered: by the same channel, where somebody brings such answers; of paper by a call.

    Source: SQ-10.5a.
    """
    if message.kind in RATED and message.channel in ON_PAPER:
        return _("是否满意，请拨打 12345 告知。")
    brought = message.channel in wechat.KINDS or (
        message.channel == SMS and carriers.takes_replies(message.city, file=settings.SMS_FILE)
    )
    if message.kind not in RATED or not brought:
        return ""
    grades = " ".join(
        f"{place}{wording.tr(label)}" for place, label in enumerate(rules.satisfaction_grades.values(), 1)
    )
    return _("也可以回复数字：{grades}。").format(grades=grades)


def _for_duty(message: Message, *, now: datetime) -> str:
    """Return what whoever is on duty is told: what has happened, and which order to look at; nobody's data."""
    rules = policies.rules_for(message.city, now=now)
    said = wording.say(Notice(message.kind, message.recipient, message.params), rules)
    return f"{said}{_number(message)}"


def sentences(city: str, *, now: datetime) -> list[Sentence]:
    """Return what people are sent about orders, and the code to their telephone; a pack's own words are a rule's."""
    rules = policies.rules_for(city, now=now)
    kinds = [*NAMES, *(kind for kind, roles in rules.notices_also.items() if CITIZEN in roles and kind not in NAMES)]
    found = [_sentence(kind, rules) for kind in kinds if kind not in rules.notices_off]
    return [*found, codes.sentence()]


def _sentence(kind: str, rules: Rules) -> Sentence:
    places = tuple(dict.fromkeys((*PLACES.get(kind, ()), *(("link",) if kind in LINKED else ()), "number")))
    return Sentence(
        kind=kind,
        name=_(NAMES[kind]) if kind in NAMES else wording.NOTICES[kind],
        words=_own_words(kind, rules),
        places=places,
        needed=("link",) if kind in LINKED else (),
        example={place: _(EXAMPLE[place]) for place in places if place in EXAMPLE},
        mark=MARK,
        fixed=FIXED.get(kind, "") or (_("规则包") if kind in rules.notices_words else ""),
    )


def _own_words(kind: str, rules: Rules) -> str:
    """Return the words of the pack or the program, with the places that they have."""
    return wording.words_of_notice(kind, rules) + (_(LINKED[kind]) if kind in LINKED else "")


def _values(message: Message, words: str, *, now: datetime) -> dict[str, str]:
    values = {name: _said(name, value) for name, value in message.params.items()}
    if "{number}" in words and "number" not in values:
        values["number"] = _number(message)
    if "{link}" in words and settings.PUBLIC_URL:
        values["link"] = (
            f"{settings.PUBLIC_URL}{reverse('publication:case', args=(message.city, message.params['number']))}"
            if message.kind == "followed"
            else links.new(records.order_id_of(message.stream), city=message.city, now=now)
        )
    return values


def _number(message: Message) -> str:
    order = records.appeal_of(records.order_id_of(message.stream))
    return orders.peek([order])[order].number


def _said(name: str, value: str) -> str:
    """Return a value as people read it: a moment without seconds."""
    if name != "until":
        return value
    return f"{datetime.fromisoformat(value).astimezone(ZONE):%Y-%m-%d %H:%M}"


def _appellant(message: Message, order: str) -> UUID | None:
    account = account_of(message.recipient)
    if account is not None:
        return Account.objects.filter(pk=account, city=message.city).values_list("appellant_id", flat=True).first()
    words = appeals.words_of(records.appeal_of(order))
    return words.appellant if words is not None else None
