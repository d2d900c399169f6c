"""What somebody did in an account, taken once: a step of a talk, a command, or something for an order or a seat.

All of it is one transaction with the mark that it was taken: what the platform brings again after a fault is taken
then, what it brings again after an answer that came late is not. Source: SQ-2, SQ-10.1, SQ-10.5a, JY-2a, JY-9.6.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from minsheng.cases.incoming import actions as incoming
from minsheng.cases.incoming import queries as became
from minsheng.cases.incoming.values import Arrived, Brought
from minsheng.core.ledger import actions as ledger
from minsheng.core.messages import platforms, receipts
from minsheng.core.people import limits
from minsheng.core.reach import queries as reach
from minsheng.domain.channels.incoming import RATED, TAKEN, UNSUBSCRIBED
from minsheng.gateways.sms_http import Receipt
from minsheng.gateways.wechat import values as wechat
from minsheng.gateways.wechat.doors import Asked
from minsheng.gateways.wechat.values import Account, NotTheirs, Said
from minsheng.public.portal import filings
from minsheng.public.talks import binding, errands, filing, persons, progress, states
from minsheng.public.talks.models import Taken
from minsheng.public.talks.persons import Person
from minsheng.public.talks.states import State

# What a person writes to have something done, as a whole message.
_WORDS: Final = {
    "绑定": wechat.BIND, "绑定手机": wechat.BIND, "绑定手机号": wechat.BIND, "诉求": wechat.FILE, "反映": wechat.FILE,
    "我要反映": wechat.FILE, "我要诉求": wechat.FILE, "进度": wechat.PROGRESS, "查进度": wechat.PROGRESS,
    "查询": wechat.PROGRESS, "解绑": "UNBIND", "解除绑定": "UNBIND", "取消": "STOP", "退出": "STOP", "帮助": "HELP",
    "?": "HELP", "bind": wechat.BIND, "file": wechat.FILE, "progress": wechat.PROGRESS, "unbind": "UNBIND",
    "cancel": "STOP", "help": "HELP",
}  # fmt: skip
_NOT_TEXT: Final = (wechat.IMAGE, wechat.VOICE, wechat.VIDEO)


def take(account: Account, asked: Asked, *, now: datetime) -> str:
    """Take what a platform brought; return what the person is told at once, nothing for what came before.

    Raises: NotTheirs where the signature was another message's.
    """
    said = asked.said
    if said.event == wechat.CHECKS:
        return ""
    with transaction.atomic():
        if not _is_new(account, asked, now):
            return ""
        if said.event == wechat.RECEIPT:
            receipts.take(account.name, [Receipt(*said.receipt)] if said.receipt[0] else [], now=now)
            return ""
        # Of two messages of one person the second waits for the first.
        ledger.hold(f"talk {states.key(account, said.person).hex()}")
        if said.kind != wechat.EVENT:
            platforms.heard(account, said.person, now=now)
        person = persons.known(account, said.person)
        with translation.override(_language(person)):
            return _told(person, said, now)


def _is_new(account: Account, asked: Asked, now: datetime) -> bool:
    key = limits.keyed("taken", f"{account.name}\0{asked.said.id}")
    proof = limits.keyed("proof", f"{account.name}\0{asked.proof}")
    try:
        with transaction.atomic():
            Taken.objects.create(key=key, proof=proof, at=now)
    except IntegrityError as fault:
        if Taken.objects.filter(pk=key).exists():
            return False
        raise NotTheirs("replayed") from fault
    return True


def _language(person: Person) -> str:
    citizen = person.citizen
    return (reach.wishes(citizen.appellant).language if citizen is not None else "") or settings.LANGUAGE_CODE


def _told(person: Person, said: Said, now: datetime) -> str:
    if said.kind == wechat.EVENT:
        return _done(person, said, now)
    state = states.known(person.account, said.person, now=now)
    wanted = (
        _WORDS.get(unicodedata.normalize("NFKC", said.text).strip(" 。“”\"'")) if said.kind == wechat.TEXT else None
    )
    if wanted is not None:
        return _commanded(person, wanted, state.at(last=max(said.at, state.last)), now)
    if not state.asks:
        return _brought(person, said, now)
    if said.at < state.last:
        late = _("刚才有一条消息到得晚，没有采用。")
        return f"{late}\n{_asked_again(person, state, now)}"
    return _talked(person, said, state.at(last=said.at), now)


def _done(person: Person, said: Said, now: datetime) -> str:
    """Do what an event asks."""
    match said.event:
        case wechat.FOLLOWS:
            hello = _("您好，这里是 12345 热线。")
            return f"{hello}\n{_help(person)}"
        case wechat.LEAVES:
            # Nothing reaches them here any more, and nobody else is to have their name there.
            states.end(person.account, person.name)
            persons.unbind(person.account, person.name, now=now)
            return ""
        case wechat.CLICKS if said.key in wechat.KEYS:
            state = states.known(person.account, person.name, now=now)
            return _commanded(person, said.key, state.at(last=max(said.at, state.last)), now)
        case _:
            return ""


def _commanded(person: Person, wanted: str, state: State, now: datetime) -> str:
    match wanted:
        case "STOP":
            states.end(person.account, person.name)
            return _("已取消，刚才填写的内容没有提交。") if state.asks else _help(person)
        case "HELP":
            return _help(person)
        case "UNBIND":
            states.end(person.account, person.name)
            is_gone = persons.unbind(person.account, person.name, now=now)
            return _("已解除绑定，这里不再保存您的身份。") if is_gone else _("您还没有绑定手机号。")
        case wechat.BIND:
            return binding.begin(person, state, then="", now=now)
        case wechat.PROGRESS:
            return progress.of(person, now=now) if person.citizen is not None else _how_to_bind()
        case _:
            return _file(person, state, now)


def _file(person: Person, state: State, now: datetime) -> str:
    """Begin to file, or go on with what was begun; whoever has bound no telephone does that first."""
    if person.citizen is None:
        return binding.begin(person, state, then=wechat.FILE, now=now)
    if not filing.may_begin(person, now=now):
        link = filing.portal(person.account.city)
        if not link:
            return _("本市要求实名反映，请拨打 12345。")
        return _("本市要求实名反映，请到网页认证后提交：{link}").format(link=link)
    limits_told = binding.too_often(person, now=now)
    if limits_told:
        return limits_told
    draft = filings.kept(state.draft, city=person.account.city, now=now) if state.draft is not None else None
    if draft is None or draft.order:
        id = filings.begin(person.account.city, now=now)
        draft = filings.Kept(id, {}, "", "")
    states.keep(person.account, person.name, state.at(asks=states.FILING, draft=draft.id, then=""), now=now)
    end = _("回复“取消”随时结束。")
    return f"{filing.question(person, draft, now=now)}\n{end}"


def _talked(person: Person, said: Said, state: State, now: datetime) -> str:
    """Take a message as the answer to what was asked."""
    if state.asks in (states.PHONE, states.CODE):
        turn = binding.answer(person, state, said.text, now=now)
        if turn.is_bound:
            bound = persons.known(person.account, person.name)
            begun = _file(bound, state.at(asks="", phone=""), now) if state.then == wechat.FILE else ""
            return f"{turn.words}\n{begun or _help(bound)}"
        return turn.words
    draft = filings.kept(state.draft, city=person.account.city, now=now) if state.draft is not None else None
    if draft is None or draft.order or person.citizen is None:
        states.end(person.account, person.name)
        return _brought(person, said, now)
    if said.kind in _NOT_TEXT and said.media is not None:
        errands.add(person.account, errands.MEDIA, _of_media(said, draft=str(draft.id)), now=now)
        states.keep(person.account, person.name, state, now=now)
        return _("正在保存您发的附件。")
    next_turn = filing.answer(person, draft, said.text, now=now)
    if next_turn.is_over:
        # The draft keeps the receipt until it goes by itself.
        states.end(person.account, person.name)
    else:
        states.keep(person.account, person.name, state, now=now)
    return next_turn.words


def _asked_again(person: Person, state: State, now: datetime) -> str:
    if state.asks in (states.PHONE, states.CODE):
        return binding.question(state)
    draft = filings.kept(state.draft, city=person.account.city, now=now) if state.draft is not None else None
    return filing.question(person, draft, now=now) if draft is not None and person.citizen is not None else ""


def _brought(person: Person, said: Said, now: datetime) -> str:
    """Let what belongs to no talk go to its order, or to a seat."""
    if said.kind in _NOT_TEXT and said.media is not None:
        errands.add(person.account, errands.MEDIA, _of_media(said, draft=""), now=now)
        return _("已收到。") + (_how_to_bind() if person.citizen is None else "")
    if not said.text:
        return _("这种消息收不了，请发文字、图片或语音。")
    words = _("位置：{place}").format(place=said.text) if said.kind == wechat.PLACE else said.text
    return arrived(person, id=said.id, text=words, files=(), now=now)


def arrived(person: Person, *, id: str, text: str, files: tuple[Brought, ...], now: datetime, order: str = "") -> str:
    """Let something arrive as by any other channel, and return what becomes of it; `order`: the one it surely is for.

    Raises: ScannerAway.
    """
    account = person.account
    taken = incoming.take(
        Arrived(
            source_no=f"{account.name} {id}", text=text, channel=account.kind, sender=person.address,
            vouched=person.citizen is not None, files=files, order=order,
        ),
        city=account.city, now=now,
    )  # fmt: skip
    if taken is None:
        return ""
    found = became.became(taken)
    if found.outcome == UNSUBSCRIBED:
        return _("已退订公开类消息。办理结果等仍会告诉您。")
    if found.status == TAKEN:
        words = _("已收到您对 {number} 的评价，谢谢。") if found.outcome == RATED else _("已补充到您的诉求 {number}。")
        return words.format(number=found.number)
    if person.citizen is None:
        return _("已收到，工作人员会查看。") + _how_to_bind()
    if found.note == "several":
        # Which one is meant is asked by a message of its own.
        return ""
    return _("已收到，工作人员会查看。要提交新的诉求，请回复“诉求”。")


def _of_media(said: Said, *, draft: str) -> dict[str, str]:
    assert said.media is not None
    return {
        "person": said.person, "id": said.id, "media": said.media.id, "name": said.media.name, "text": said.text,
        "draft": draft,
    }  # fmt: skip


def _help(person: Person) -> str:
    if person.citizen is None:
        return _("回复“诉求”反映问题，回复“绑定”绑定手机号后可以查进度、评价和补充。紧急情况请拨打 12345。")
    return _("回复“诉求”反映问题，“进度”查看办理情况，“解绑”解除绑定。紧急情况请拨打 12345。")


def _how_to_bind() -> str:
    return _("绑定手机号后，可以在这里查进度、评价和补充，请回复“绑定”。")
