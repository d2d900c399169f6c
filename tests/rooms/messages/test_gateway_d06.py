"""The story D06 with its text messages on a line: the question goes out by SMPP, the answers come in by SMPP."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from tests import carriers_ground as carriers_of
from tests import gateway_ground, playing_ground
from tests.carriers_ground import Smsc
from tests.playing_ground import CITY, Played
from tests.town_ground import Town, relayed, row, with_identity

from minsheng.app.cli import gateway as command
from minsheng.core.messages import gateway, tasks
from minsheng.core.messages.models import Binding, Message
from minsheng.domain.orders import commands as cmd
from minsheng.gateways import clock, packfiles

STORY = packfiles.shipped_folder() / "suqian" / "scenarios" / "D06.yaml"


def until(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not happen")


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("SQ-10.5a")
def test_d06_plays_through_a_session_of_smpp(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, test_clock: Callable[[datetime], None]
) -> None:
    for name, secret in gateway_ground.SECRETS.items():
        monkeypatch.setenv(name, secret)
    monkeypatch.setattr(gateway, "_TURN", 0.05)
    story, rehearsed, _ = playing_ground.rehearsed(STORY)
    played = Played(story)
    test_clock(story.steps[0].at)
    playing_ground._open(story)
    with ExitStack() as stack:
        smsc = stack.enter_context(carriers_of.running(Smsc()))
        assert isinstance(smsc, Smsc)
        file = gateway_ground.written(tmp_path / "sms.toml", smsc.port)
        file.write_text(file.read_text(encoding="utf-8").replace('"suqian"', f'"{CITY}"'), encoding="utf-8")
        settings.SMS_FILE = str(file)
        stack.enter_context(gateway_ground.gateway(file, now=clock.now, take=command._take))
        until(lambda: Binding.objects.filter(is_bound=True).exists())
        answers = 0
        for step in story.steps:
            test_clock(step.at)
            playing_ground.fire_until(step.at)
            if isinstance(step.command, cmd.AnswerSms):
                answers += 1
                asked_and_answered(smsc, step.at, "1" if step.command.resolved else "不满意", answers)
            elif step.command is not None:
                playing_ground._act(played, step)
                if isinstance(step.command, cmd.AppealFields):
                    with_identity(Town(CITY, test_clock, now=step.at), played.ids[step.name])
        order = row(played.ids["o1"])
        receipts = [smsc.receipt(each.id, "DELIVRD") for each in smsc.submitted if each.head in (None, (1, 2, 1))]
        receipts += [smsc.receipt(each.id, "DELIVRD") for each in smsc.submitted if each.head == (1, 2, 2)]
        smsc.until(lambda: {*receipts} <= {*smsc.answered})

    assert (order.status, order.reason) == ("CLOSED", "satisfied")
    assert playing_ground.stored_lines(played) == rehearsed
    assert answers == 2


def asked_and_answered(smsc: Smsc, now: datetime, words: str, time: int) -> None:
    """Let what waits go out, look that the citizen was asked, and let them answer."""
    relayed()
    tasks.send(now)
    asked = Message.objects.filter(kind="sms_callback")
    assert [each.state for each in asked] == ["SENT"] * time
    said = "".join(each.text for each in smsc.submitted)
    assert said.count("1很满意") == time
    assert {each.phone for each in smsc.submitted} == {"13812345678"}
    sequence = smsc.deliver("13812345678", words.encode("utf-16-be"))
    smsc.until(lambda: sequence in smsc.answered)
