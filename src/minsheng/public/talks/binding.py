"""Binding a telephone in a talk: its number, then the code that was sent to it. Source: SQ-10.1; ASVS 6.6.3."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.domain.rejected import Rejected
from minsheng.public.citizens import codes, limits
from minsheng.public.citizens.forms import MOBILE, telephone
from minsheng.public.talks import errands, persons, states
from minsheng.public.talks.persons import Person
from minsheng.public.talks.states import State


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, and whether the telephone is bound now."""

    words: str
    is_bound: bool = False


def begin(person: Person, state: State, *, then: str, now: datetime) -> str:
    """Ask for the telephone; `then`: what is done once it is bound."""
    asks = state.at(asks=states.PHONE, phone="", then=then)
    states.keep(person.account, person.name, asks, now=now)
    return question(asks)


def question(state: State) -> str:
    """Return what is asked."""
    if state.asks == states.CODE:
        return _("请回复短信里的 6 位验证码。没有收到的，一分钟后回复“重发”；换号码请回复“绑定”。")
    return _("请回复您的手机号码，我们会发一条验证码短信。号码加密保存，不会公开。")


def answer(person: Person, state: State, text: str, *, now: datetime) -> Turn:
    """Take the number, or the code."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if state.asks == states.PHONE:
        try:
            otherwise = _("手机号码不正确，请填写以 1 开头的 11 位手机号码。")
            phone = telephone(plain, like=MOBILE, otherwise=otherwise)
        except forms.ValidationError as wrong:
            return Turn("".join(wrong.messages))
        return _sent(person, state.at(asks=states.CODE, phone=phone), now)
    if plain.casefold() in ("重发", "resend"):
        return _sent(person, state, now)
    try:
        digits = "".join(each for each in plain if each.isdecimal())
        codes.check(state.phone, digits, city=person.account.city, now=now)
        persons.bind(person.account, person.name, state.phone, now=now)
    except Rejected as rejected:
        states.keep(person.account, person.name, state, now=now)
        return Turn(f"{wording.say(rejected)}\n{question(state)}")
    states.end(person.account, person.name)
    return Turn(_("已绑定手机号。"), is_bound=True)


def too_often(person: Person, *, now: datetime) -> str:
    """Count that a draft is begun; return what is said of one too many."""
    try:
        limits.hit(limits.DRAFT_BY_ADDRESS, person.visitor(now=now).address, now=now)
    except limits.TooOften as often:
        return wording.say(often)
    return ""


def _sent(person: Person, state: State, now: datetime) -> Turn:
    """Have a code sent once the platform has its answer: a carrier may think longer than it waits."""
    states.keep(person.account, person.name, state, now=now)
    errands.add(person.account, errands.CODE, {"person": person.name, "phone": state.phone}, now=now)
    return Turn(question(state))
