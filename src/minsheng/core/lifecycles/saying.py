"""What a refusal says of a thing, in the words that its kind has for states and fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minsheng import wording
from minsheng.core.lifecycles.kinds import Kind
from minsheng.domain.orders.fields import Malformed
from minsheng.domain.rejected import Rejected


def say(kind: Kind[Any], refused: Rejected | Malformed, *, called: Callable[[str], str] | None = None) -> str:
    """Return the sentence of a refusal; `called`: what a form calls a field, where there is one."""
    labels = kind.labels
    if isinstance(refused, Malformed):
        return wording.say(refused)
    assert labels is not None
    if refused.code == "not_allowed_now":
        status = str(refused.params.get("status", ""))
        return wording.say(Rejected("thing_not_now", state=wording.tr(labels.states.get(status, status))))
    named = refused.params.get("fields")
    if isinstance(named, tuple):
        words = called or (lambda name: wording.tr(labels.fields.get(name, name)))
        refused = Rejected(refused.code, **{**refused.params, "fields": tuple(words(name) for name in named)})
    return wording.say(refused)
