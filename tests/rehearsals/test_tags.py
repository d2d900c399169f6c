"""Which tag and which channel suggest supervision, and in which category."""

from __future__ import annotations

from pathlib import Path

import pytest

from minsheng.app.cli import rehearse
from minsheng.domain.orders import events as ev
from minsheng.gateways import packfiles


@pytest.mark.clause("SQ-6.9", "SQ-18.1", "SQ-18.3")
def test_tags_and_what_comes_from_above_suggest_supervision() -> None:
    path = packfiles.shipped_folder() / "suqian" / "scenarios" / "X06-tags.yaml"
    _, results = rehearse.play_file(path, library=packfiles.shipped_packs())
    facts = [fact for result in results for fact in result.facts]
    suggested = [fact.event for fact in facts if isinstance(fact.event, ev.SupervisionSuggested)]

    assert [failure for result in results for failure in result.failed] == []
    assert [(event.category, event.ground) for event in suggested] == [
        ("K1", "central_work"), ("K3", "media"), ("K3", "upper"), ("K3", "instructed"),
    ]  # fmt: skip


@pytest.mark.clause("SZ-40.1")
@pytest.mark.parametrize(
    ("tag", "category"),
    [("livelihood", "K1"), ("central_work", "K1"), ("instructed", "K3"), ("media, link: x", "K3")],
)
def test_tag_of_an_order_in_suzhou_is_told_to_the_joint_meeting_in_the_same_minute(
    tmp_path: Path, tag: str, category: str
) -> None:
    story = tmp_path / "story.yaml"
    story.write_text(
        "pack: suzhou\nsteps:\n"
        "- {at: 2026-09-21 09:00, do: submit, order: o1,"
        " with: {type: help, channel: phone, appellant: citizen, content: 甲}}\n"
        f"- {{at: 2026-09-21 09:10, do: tag, order: o1, with: {{tag: {tag}}}}}\n",
        encoding="utf-8",
    )
    _, (submitted, tagged) = rehearse.play_file(story, library=packfiles.shipped_packs())

    assert [fact.event for fact in submitted.facts if isinstance(fact.event, ev.SupervisionSuggested)] == []
    found = [fact for fact in tagged.facts if isinstance(fact.event, ev.SupervisionSuggested)]
    assert [(f"{fact.at:%H:%M}", fact.event.category) for fact in found] == [("09:10", category)]
    assert "supervision_suggested>joint_meeting" in tagged.notices
