"""Filing by a program: the answers go through the forms of the portal's pages, and one key files once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from minsheng.cases.orders import actions as orders
from minsheng.core.people import queries as people
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.public.apps.queries import Citizen
from minsheng.public.citizens import limits
from minsheng.public.citizens.visitors import Visitor
from minsheng.public.portal import codes, steps


@dataclass(frozen=True, slots=True)
class Filed:
    """The number of what was filed, its query code, and whether it was filed before under the key."""

    number: str
    code: str
    repeated: bool = False


def file(citizen: Citizen, given: Mapping[str, Any], *, key: str) -> Filed:
    """File an appeal of a citizen. Raises: Rejected, with the field that is wrong; TooOften. Source: SQ-10.1, JY-2a."""
    visitor, program = citizen.visitor, citizen.program
    assert visitor.account is not None
    rules = policies.rules_for(program.city, now=visitor.now)
    answers = _checked(given, visitor, rules)
    channel = program.channel if program.channel in rules.channels else rules.web_channel
    command = steps.command_of(answers, visitor=visitor, rules=rules, channel=channel)
    asked = hashlib.sha256(json.dumps(dict(given), sort_keys=True, ensure_ascii=False).encode()).digest()
    once = orders.Key(f"program:{program.pk}:{visitor.account.id}", key, asked)
    return _filed(command, visitor, answers["title"], once, now=visitor.now)


@transaction.atomic
def _filed(command: cmd.Register, visitor: Visitor, title: str, key: orders.Key, *, now: datetime) -> Filed:
    assert visitor.account is not None
    appellant = visitor.account.appellant
    outcome = orders.register(
        command, city=visitor.city.code, actor=Actor("citizen", person=f"appellant:{appellant}"), now=now,
        words=orders.Words(appellant=appellant, title=title), key=key,
    )  # fmt: skip
    if not outcome.repeated:
        limits.hit(limits.FILE_BY_PHONE, str(visitor.account.id), now=now)
    # A first answer may have been lost on its way: the same key has the same code.
    order, once = outcome.order.id, f"{key.scope}\0{key.key}"
    code = codes.again(order, once) if outcome.repeated else codes.new_for(order, once, now=now)
    return Filed(outcome.number, code, outcome.repeated)


def _checked(given: Mapping[str, Any], visitor: Visitor, rules: Rules) -> dict[str, str]:
    """Return the answers as the pages of the portal would keep them. Raises: Rejected `answer_refused`."""
    names = people.unit_names(visitor.city.code, now=visitor.now)
    sent = {name: ("on" if value is True else "" if value is False else str(value)) for name, value in given.items()}
    answers: dict[str, str] = {}
    for step in steps.STEPS:
        if step.form is None:
            continue
        form = steps.form_of(step, visitor=visitor, rules=rules, units=names, data=sent, answers={})
        if not form.is_valid():
            name, faults = next(iter(form.errors.items()))
            raise Rejected("answer_refused", fields=(str(name),), said=str(faults[0]))
        answers |= form.answers()
    if steps.needs_real_name(rules) and not (visitor.account is not None and visitor.account.is_verified):
        raise Rejected("real_name_wanted")
    return answers
