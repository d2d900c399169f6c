"""A busy day at forty telephones: the order, the choice of agents and every figure, recounted from the timelines."""

from __future__ import annotations

from dataclasses import replace

from bench import telephones

from minsheng.domain.telephony import settings
from minsheng.domain.telephony.calls import Line


def test_order_choice_and_figures_are_those_of_an_independent_recount() -> None:
    rules = telephones.rules()

    day = telephones.play(600, rules=rules)

    assert telephones.wrong(day, settings.of(rules)) == []
    told = telephones.recount(day.lines)
    assert (day.made, sum(call.stage == "ENDED" for call in day.calls.values())) == (600, 600)
    # All of it came about, or the recount would have nothing to find.
    assert all(told[name] for name in ("answered", "abandoned", "short", "in_time", "long", "hold"))
    assert any(line.what == "missed_ring" for line in day.lines)
    assert any(line.what == "overflow" for line in day.lines)


def test_recount_finds_a_call_that_was_rung_out_of_turn_and_a_figure_that_is_wrong() -> None:
    rules = telephones.rules()
    day = telephones.play(300, rules=rules)
    # The first call that was queued while another of its queue waited is let ring first.
    waiting: list[str] = []
    place = 0
    while len(waiting) < 2:
        line = day.lines[place]
        if line.what == "queued" and line.says["queue"] == "ordinary":
            waiting.append(line.call)
        elif line.what in ("ring", "ended") and line.call in waiting:
            waiting.remove(line.call)
        place += 1
    ring = Line(call=waiting[-1], no=99, what="ring", at=day.lines[place].at, agent="staff:0", says={"leg": "x"})
    day.lines.insert(place, ring)
    answered = next(number for number, line in enumerate(day.lines) if line.what == "answered")
    day.lines[answered] = replace(day.lines[answered], what="unknown")

    found = telephones.wrong(day, settings.of(rules))

    assert any(each == f"out of turn: {waiting[-1]}" for each in found)
    assert any(each.startswith("answered") for each in found)
