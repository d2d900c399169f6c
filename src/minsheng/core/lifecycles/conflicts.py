"""A refusal because somebody was faster says who did what, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from minsheng import wording
from minsheng.domain.facts import Fact
from minsheng.domain.rejected import Rejected


def told(
    rejected: Rejected,
    since: Sequence[Fact],
    *,
    names: Callable[[Iterable[str]], Mapping[str, str]],
    words: Mapping[str, str],
) -> Rejected:
    """Return the refusal, or one that tells the last step that a person took since, if any.

    `since`: what happened after the acting person looked; `words`: how the steps are called, by the event's step or
    its type. What the clocks did by themselves was nobody.
    """
    found = [(fact, words.get(fact.event.step or type(fact.event).__name__, "")) for fact in since]
    last = next(((fact, word) for fact, word in reversed(found) if word and fact.by.role != "system"), None)
    if last is None or rejected.code == "not_found":
        return rejected
    fact, word = last
    person = fact.by.person or ""
    name = names([person]).get(person, "") if person else ""
    who = f"{wording.label_of_actor(fact.by.role, fact.by.unit)}{name}"
    return Rejected("conflict", who=who, what=word, at=fact.at, refused=rejected.code)
