"""When supervision is suggested by itself, and in which category."""

from __future__ import annotations

from pathlib import Path

import pytest

from minsheng.app.cli import rehearse
from minsheng.domain.orders.events import SupervisionSuggested
from minsheng.gateways import packfiles

APPEAL = "type: help, channel: phone, appellant: citizen, content: 甲"
REJECT = "do: reject_audit, with: {defect: vague, comment: 甲}"


def suggested(tmp_path: Path, pack: str, *steps: str, units: str = "") -> list[tuple[str, str]]:
    """Return when which category was suggested for the order of a story; a step is `moment do: …`."""
    lines = [f"pack: {pack}", f"units: {{{units}}}", "steps:"]
    lines += [f"- {{at: {step[:19]}, order: o1, {step[20:]}}}" for step in steps]
    path = tmp_path / "story.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    _, results = rehearse.play_file(path, library=packfiles.shipped_packs())
    assert [(result.step.number, result.code) for result in results if result.outcome == "refused"] == []
    return [
        (f"{fact.at:%Y-%m-%d %H:%M:%S}", fact.event.category)
        for result in results
        for fact in result.facts
        if isinstance(fact.event, SupervisionSuggested)
    ]


@pytest.mark.clause("SZ-40.2", "SQ-18.2")
@pytest.mark.parametrize("pack", ["suzhou", "suqian"])
def test_the_second_answer_that_is_sent_back_suggests_it_and_the_first_does_not(tmp_path: Path, pack: str) -> None:
    found = suggested(
        tmp_path,
        pack,
        f"2026-10-12 09:00:00 do: submit, with: {{{APPEAL}}}",
        "2026-10-12 09:10:00 do: dispatch, with: {unit: 甲局, basis: 清单}",
        "2026-10-12 09:20:00 do: sign",
        "2026-10-12 09:30:00 do: reply, with: {text: 答}",
        f"2026-10-12 09:40:00 {REJECT}",
        "2026-10-12 09:50:00 do: reply, with: {text: 再答}",
        f"2026-10-12 10:00:00 {REJECT}",
    )

    assert found == [("2026-10-12 10:00:00", "K2")]


@pytest.mark.clause("SZ-40.3")
def test_what_comes_from_above_suggests_it_at_once(tmp_path: Path) -> None:
    from_above = suggested(
        tmp_path, "suzhou", f"2026-10-12 09:00:00 do: submit, with: {{{APPEAL.replace('phone', 'upper')}}}"
    )
    from_below = suggested(tmp_path, "suzhou", f"2026-10-12 09:00:00 do: submit, with: {{{APPEAL}}}")

    assert (from_above, from_below) == ([("2026-10-12 09:00:00", "K3")], [])


@pytest.mark.clause("SZ-40.4")
@pytest.mark.parametrize(
    ("dispatch", "found"),
    [
        ("units: [甲局, 乙局, 丙局], lead: 甲局", ["K4"]),
        ("units: [甲局, 乙局], lead: 甲局", []),
        ("units: [甲局, 昆山局], lead: 甲局", ["K4"]),
    ],
)
def test_many_units_or_two_levels_suggest_it(tmp_path: Path, dispatch: str, found: list[str]) -> None:
    categories = suggested(
        tmp_path,
        "suzhou",
        f"2026-10-12 09:00:00 do: submit, with: {{{APPEAL}}}",
        f"2026-10-12 09:10:00 do: dispatch, with: {{{dispatch}, basis: 清单}}",
        units="甲局: {level: city}, 昆山局: {level: county}",
    )

    assert [category for _, category in categories] == found


@pytest.mark.clause("SQ-18.4")
@pytest.mark.parametrize(("units", "found"), [("[甲局, 乙局, 丙局]", ["K4"]), ("[甲局, 乙局]", [])])
def test_in_suqian_three_units_suggest_it_and_two_do_not(tmp_path: Path, units: str, found: list[str]) -> None:
    categories = suggested(
        tmp_path,
        "suqian",
        f"2026-10-12 09:00:00 do: submit, with: {{{APPEAL}}}",
        f"2026-10-12 09:10:00 do: dispatch, with: {{units: {units}, lead: 甲局, basis: 清单}}",
    )

    assert [category for _, category in categories] == found


@pytest.mark.clause("SZ-40.5")
def test_three_working_days_over_the_due_moment_suggest_it_and_no_minute_less(tmp_path: Path) -> None:
    steps = (
        f"2026-09-04 09:00:00 do: submit, with: {{{APPEAL}}}",
        "2026-09-04 09:30:00 do: dispatch, with: {unit: 甲局, basis: 清单}",
        "2026-09-04 10:00:00 do: sign",
        "2026-09-15 17:30:00 expect: {due: {handle: 2026-09-15 17:30:00}}",
    )

    before = suggested(tmp_path, "suzhou", *steps, "2026-09-18 17:29:00 expect: {timers: {handle: missed}}")
    after = suggested(tmp_path, "suzhou", *steps, "2026-09-18 17:30:01 expect: {timers: {handle: missed}}")

    assert (before, after) == ([], [("2026-09-18 17:30:00", "K5")])


@pytest.mark.clause("SQ-18.5")
def test_in_suqian_a_day_over_the_due_moment_suggests_it(tmp_path: Path) -> None:
    found = suggested(
        tmp_path,
        "suqian",
        f"2026-10-12 09:00:00 do: submit, with: {{{APPEAL}}}",
        "2026-10-12 09:30:00 do: dispatch, with: {unit: 甲局, basis: 清单}",
        "2026-10-12 10:00:00 do: sign",
        "2026-10-13 21:30:00 expect: {due: {handle: 2026-10-12 21:30:00}}",
        "2026-10-13 21:30:01 expect: {timers: {handle: missed}}",
    )

    assert found == [("2026-10-13 21:30:00", "K5")]
