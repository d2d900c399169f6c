"""What a switch is set up with for a city: whose phones there are, and what prompts say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from minsheng.cases.telephony.commanding import endpoint
from minsheng.cases.telephony.cti import AGENTS
from minsheng.cases.telephony.exchange import Exchange
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import terms
from minsheng.core.policies import queries as policies
from minsheng.gateways.switch.asterisk import FALLBACK_PROMPT

_FALLBACK = "您好，系统正在维护，正在为您接通人工座席，请稍候。"


def phones(city: str, *, now: datetime) -> list[str]:
    """Return the names of the phones of who answers calls of a city today."""
    held = terms.holders(city, on=now.astimezone(ZONE).date(), roles=AGENTS)
    return list(dict.fromkeys(endpoint(each.actor) for each in held))


def prompts(city: str, *, now: datetime) -> Mapping[str, str]:
    """Return what each prompt says by the rules in force."""
    rules = policies.rules_for(city, now=now)
    return {**Exchange(city, rules, now=lambda: now).words(), FALLBACK_PROMPT: _FALLBACK}
