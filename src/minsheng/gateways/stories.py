"""Stories from files, played under the rules of packs: by `minsheng rehearse`, and before a pack comes into force."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from minsheng import wording
from minsheng.domain import packs, rehearsal, scenario
from minsheng.domain.packs import Pack, Rules
from minsheng.domain.scenario import FileFault, Scenario, Unusable
from minsheng.domain.worktime import Calendar, CalendarNotLoaded
from minsheng.gateways import packfiles, scenariofiles


def of_pack(pack: Pack, folders: Sequence[Path]) -> list[Path]:
    """Return the story files that lie beside a version of a pack, in the operator's folders or in the shipped one."""
    places = [below for folder in (*folders, packfiles.shipped_folder()) for below in packfiles.pack_folders(folder)]
    named = [place for place in places if any(each.name == pack.name for each in packfiles.read_packs(place))]
    return [file for place in named for file in beside(place)]


def beside(folder: Path) -> list[Path]:
    """Return the story files of a pack's folder."""
    below = folder / "scenarios"
    return sorted([*below.glob("*.yaml"), *below.glob("*.yml")])


def play_file(path: Path, *, library: Sequence[Pack]) -> tuple[Scenario, tuple[rehearsal.Result, ...]]:
    """Return a file's story and what each of its steps led to. Raises: Unusable."""
    located = scenariofiles.read_located(path)
    zone = _zone()
    story = scenario.read(located, file=str(path), zone=zone, register=packfiles.register())
    try:
        results = rehearsal.play(
            story, calendar=packfiles.load_calendar(), rules_at=_rules_of(story, library), say=wording.say
        )
    except packs.PackError as error:
        raise Unusable(FileFault(str(path), _line_of(located, story, error), error.key, error.reason)) from None
    except CalendarNotLoaded as error:
        raise Unusable(FileFault(str(path), 1, "at", f"没有载入这一年的工作日历（{error}）")) from None
    return story, results


@functools.cache
def _zone() -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo("Asia/Shanghai")


def _line_of(located: scenario.Located, story: Scenario, error: packs.PackError) -> int:
    """Return the line of the setting, the overlay or the pack that cannot be used."""
    top = located.value
    assert isinstance(top, dict)
    if isinstance(error, packs.BadSetting):
        return scenario.line_of(top["set"], error.key)
    if packs.split(error.key)[0] in (packs.split(name)[0] for name in story.overlays):
        return top["overlays"].line
    return located.keys["pack"]


def _rules_of(story: Scenario, library: Sequence[Pack]) -> Callable[[date, Calendar], Rules]:
    """Return what finds the rules in force on a day; one version's rules are made once a calendar."""
    made: dict[tuple[object, ...], tuple[Calendar, Rules]] = {}  # holds the calendar, so that its id stays its own

    def rules_at(day: date, calendar: Calendar) -> Rules:
        chosen = packs.in_force(library, story.pack, story.overlays, on=day, version=story.version)
        key = (chosen.pack.name, tuple(each.name for each in chosen.overlays), id(calendar))
        if key not in made:
            rules = packs.rules(chosen.pack, chosen.overlays, calendar=calendar, settings=story.settings)
            made[key] = calendar, rules
        return made[key][1]

    return rules_at
