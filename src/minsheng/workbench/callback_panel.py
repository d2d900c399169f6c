"""The callback desk beside the order: what to say, who was tried and when, how often is still wanted.

Source: JY-9.6, JY-9.7, SZ-15.5a, SQ-10.5c, A-55.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from minsheng.core.people.queries import Person
from minsheng.domain.facts import Fact
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.order import Order
from minsheng.domain.packs import Rules
from minsheng.workbench.timeline import AnswerShown


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call that was made in this round: when, and whether anybody answered."""

    at: datetime
    reached: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """What the callback agent has beside the order. `missing`: attempts and days that are still wanted."""

    script: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    missing_attempts: int
    missing_days: int


def panel_of(
    order: Order, facts: Sequence[Fact], answer: AnswerShown | None, *, title: str, person: Person, rules: Rules
) -> Panel:
    """Return the panel of an order that waits for its call."""
    since = max((place for place, fact in enumerate(facts) if isinstance(fact.event, ev.Replied)), default=0)
    attempts = tuple(
        Attempt(fact.at, fact.event.reached)
        for fact in facts[since:]
        if isinstance(fact.event, ev.CalledBack) and fact.event.how == "phone"
    )
    failed = order.failed_attempts
    return Panel(
        script=_script(order, answer, title, person),
        attempts=attempts,
        missing_attempts=max(0, rules.callback_attempts - len(failed)),
        missing_days=max(0, rules.callback_attempt_days - len(set(failed))),
    )


def _script(order: Order, answer: AnswerShown | None, title: str, person: Person) -> tuple[str, ...]:
    unit = answer.who if answer is not None else order.lead
    lines = [
        _("您好，这里是%(city)s12345热线，我是回访员。请问现在方便接听吗？") % {"city": person.city_name},
        _("您之前反映的“%(title)s”，%(unit)s已经答复。请问单位有没有与您联系，答复您是否清楚？")
        % {"title": title, "unit": unit},
        _("请问您反映的问题解决了吗？您对办理结果满意吗？"),
    ]
    if order.publish == "yes":
        lines.append(_("办理情况会隐去个人信息后公开，您如不同意，现在可以告诉我。"))
    lines.append(_("如不满意：请问主要是哪方面没有解决？我会如实记录并转请重新办理。"))
    lines.append(_("感谢您的配合，再见。"))
    return tuple(lines)
