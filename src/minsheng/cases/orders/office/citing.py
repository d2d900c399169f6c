"""What the guard of answers has to know: the article that an answer cites, as it is today. Source: JY-9.1a, SZ-30a."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from minsheng.cases.knowledge import queries as knowledge
from minsheng.core.ledger.values import ZONE
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.case import Facts


def known(facts: Facts, command: cmd.Command, *, city: str, now: datetime) -> Facts:
    """Return the facts with number and version of the article that an answer names, or why it may not be cited."""
    if not isinstance(command, cmd.Answer) or not command.article:
        return facts
    cited = knowledge.cited(city, command.article, today=now.astimezone(ZONE).date())
    if cited is not None:
        return replace(facts, citation=cited.name)
    return replace(facts, citation_fault=knowledge.fault(city, command.article))
