"""A parameter of a pack is obeyed by some code, or printed as not yet in effect: a rule that nothing reads is a lie."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import minsheng
from minsheng.app.cli.main import main
from minsheng.domain import parameters

SOURCE = Path(minsheng.__file__).parent
# They describe the parameters, and read none.
_DESCRIBING = {"parameters.py", "rules.py", "kinds.py"}


def read_somewhere() -> set[str]:
    """Return the attributes that some code reads of the rules in force, or that become the rules' working time."""
    files = [path for path in SOURCE.rglob("*.py") if path.name not in _DESCRIBING]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return set(re.findall(r'(?:rules\.|values\["|entries\.get\(")(\w+)', text))


def test_every_parameter_is_read_or_said_to_wait() -> None:
    read = read_somewhere()

    unread = {each.attribute for each in parameters.PARAMETERS} - read
    assert unread == set(parameters.NOT_YET)


def test_pack_show_says_what_does_not_rule_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "show", "suzhou"]) == 0

    said = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")}
    assert "尚未生效：数据共享" in said["data_share_deidentified"]
    assert "尚未生效" not in said["forum.final"]
    assert "尚未生效" not in said["sign_limit"]
