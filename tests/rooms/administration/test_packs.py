"""Packs by pages: what is in force, differences, and a pack that comes into force once its stories have held.

Clauses: SZ-49, JY-38, SQ-26.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.administration_ground import keyed, kinds_of, plain
from tests.town_ground import Town, moment, text_of

from minsheng.core.policies import queries as policies
from minsheng.core.policies import trials
from minsheng.core.policies.models import City, Trial
from minsheng.domain.actors import SYSTEM
from minsheng.domain.rejected import Rejected
from minsheng.gateways import packfiles

COMING = "/administration/packs/coming"
STORY = """title: A night order
pack: jiangyin@{version}
steps:
- at: 2026-10-12 10:00:00
  by: seat
  do: submit
  order: o1
  with: {{type: help, channel: phone, content: 路灯不亮, appellant: citizen, publish: no}}
  expect:
    status: {status}
"""


def wanted(**more: Any) -> dict[str, Any]:
    return keyed(**{"pack": "jiangyin@2020-07-13", "starts_on": "2026-10-01", **more})


def newer(folder: Path, *, status: str = "SUBMITTED", story: bool = True) -> None:
    """Put a newer version of the town's pack into a folder of the operator's, with a story."""
    text = (packfiles.shipped_folder() / "jiangyin" / "pack.toml").read_text(encoding="utf-8")
    below = folder / "jiangyin"
    (below / "scenarios").mkdir(parents=True)
    text = text.replace('version = "2020-07-13"', 'version = "2026-09-01"', 1)
    (below / "pack.toml").write_text(text, encoding="utf-8")
    if story:
        (below / "scenarios" / "S.yaml").write_text(STORY.format(version="2026-09-01", status=status), encoding="utf-8")


def test_every_parameter_in_force_stands_there_with_its_clause(town: Town) -> None:
    desk = town.desk("admin")

    page = plain(desk.get("/administration/packs"))
    table = desk.get("/administration/packs", {"export": "csv"}).content.decode("utf-8-sig")

    rules = policies.rules_for(town.code, now=town.now)
    assert rules.document in page
    assert "dispatch_limit" in page
    assert "JY-10.1a" in page
    assert "尚未生效" in page
    assert len(table.splitlines()) > 100
    assert kinds_of(f"administration/{town.code}") == ["ListExported"]


def test_two_packs_are_compared_and_unknown_ones_refused(town: Town) -> None:
    desk = town.desk("admin")
    names = sorted(each.name for each in policies.library("") if not each.overlay)

    same = plain(desk.get("/administration/packs/difference", {"one": names[0], "other": names[0]}))
    other = plain(desk.get("/administration/packs/difference", {"one": names[0], "other": names[-1]}))
    odd = desk.get("/administration/packs/difference", {"one": "x", "other": names[0]})

    assert "取值不同的参数0个" in same
    assert "取值不同的参数0个" not in other
    assert "请从列表中选择" in plain(odd)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pack": ""}, "请从列表中选择"),
        ({"pack": "nothing"}, "请从列表中选择"),
        ({"starts_on": ""}, "请填写施行日期"),
        ({"starts_on": "2026-09-18"}, "明天或以后"),
        ({"starts_on": "昨天"}, "日期应写成"),
    ],
)
def test_what_cannot_be_tried_is_refused_in_chinese(town: Town, given: dict[str, Any], said: str) -> None:
    answer = town.desk("admin").post(COMING, wanted(**given))

    assert answer.status_code == 422
    assert said in plain(answer)
    assert not Trial.objects.exists()


@pytest.mark.clause("JY-38")
def test_a_pack_comes_into_force_at_midnight_of_its_day_once_its_stories_held(town: Town, tmp_path: Path) -> None:
    newer(tmp_path)
    City.objects.filter(code=town.code).update(pack="jiangyin@2020-07-13", pack_folder=str(tmp_path))
    desk, sent = town.desk("admin"), wanted(pack="jiangyin@2026-09-01")
    for _ in range(2):
        desk.post(COMING, sent)
    trial = Trial.objects.get()
    early = desk.post("/administration/packs/activate", keyed(trial=trial.pk))

    trials.rehearse(town.now)
    held = plain(desk.get(COMING))
    press = keyed(trial=trial.pk)
    for _ in range(2):
        desk.post("/administration/packs/activate", press)

    assert early.status_code == 422
    assert "还没有全部相符" in plain(early)
    assert "全部相符" in held
    before = policies.rules_for(town.code, now=moment("2026-09-30T23:59:59"))
    after = policies.rules_for(town.code, now=moment("2026-10-01T00:00:00"))
    assert (before.version, after.version) == ("2020-07-13", "2026-09-01")
    facts = [kind for kind in kinds_of(f"city/{town.code}") if kind.startswith("Pack")]
    assert facts == ["PackTried", "PackActivated"]
    assert "2026-10-01" in plain(desk.get("/administration/packs"))


@pytest.mark.parametrize(("story", "said"), [(True, "S.yaml"), (False, "没有这个版本的剧本")])
def test_a_pack_whose_stories_do_not_hold_or_are_not_there_stays_out(
    town: Town, tmp_path: Path, story: bool, said: str
) -> None:
    newer(tmp_path, status="CLOSED", story=story)
    City.objects.filter(code=town.code).update(pack="jiangyin@2020-07-13", pack_folder=str(tmp_path))
    trial = trials.ask(
        town.code, pack="jiangyin@2026-09-01", overlays=(), starts_on=date(2026, 10, 1), actor=SYSTEM, now=town.now
    )
    trials.rehearse(town.now)

    page = text_of(town.desk("admin").get(COMING))

    assert Trial.objects.get().state == "FAILED"
    assert said in page
    with pytest.raises(Rejected, match="trial_not_held"):
        trials.activate(town.code, trial, actor=SYSTEM, now=town.now)
    assert policies.rules_for(town.code, now=town.now + timedelta(days=30)).version == "2020-07-13"


def test_a_later_choice_takes_the_place_of_one_that_has_not_begun_and_follows_one_that_has(town: Town) -> None:
    def activated(pack: str, day: date) -> None:
        trial = trials.ask(town.code, pack=pack, overlays=(), starts_on=day, actor=SYSTEM, now=town.now)
        Trial.objects.filter(pk=trial).update(state="HELD")
        trials.activate(town.code, trial, actor=SYSTEM, now=town.now)

    activated("suqian", date(2026, 10, 1))
    activated("suzhou", date(2026, 10, 5))
    gone = policies.rules_for(town.code, now=moment("2026-10-02T12:00:00")).pack
    town.at(moment("2026-10-06T12:00:00"))
    activated("suqian", date(2026, 10, 8))

    packs = [policies.rules_for(town.code, now=moment(f"2026-10-0{day}T12:00:00")).pack for day in (6, 8)]
    assert (gone, packs) == ("jiangyin", ["suzhou", "suqian"])


def test_nobody_else_sees_or_changes_rules_here(town: Town) -> None:
    for who in ("seat", "office", "auditor"):
        desk = town.desk(who)
        assert desk.get("/administration/packs").status_code == 403
        assert desk.post(COMING, wanted()).status_code == 403
        assert desk.post("/administration/packs/activate", keyed(trial=1)).status_code == 403
    assert town.desk("admin").post("/administration/packs/activate", keyed(trial=99)).status_code == 422
