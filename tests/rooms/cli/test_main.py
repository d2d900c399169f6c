"""The command line: names, refusals in Chinese, and modules that are loaded only when called."""

from __future__ import annotations

import argparse
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import minsheng
from minsheng.app.cli import main, sentences

SOURCE = Path(minsheng.__file__).parent


def test_overview_lists_every_command_when_called_without_one(capsys: pytest.CaptureFixture[str]) -> None:
    status = main.main([])

    said = capsys.readouterr().out
    assert status == main.REFUSED
    assert all(name in said for name in main.COMMANDS)


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    package = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert main.main(["--version"]) == 0
    assert capsys.readouterr().out == f"minsheng {package['version']}\n"


def test_unknown_command_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    status = main.main(["frobnicate"])

    said = capsys.readouterr().err
    assert status == main.REFUSED
    assert "没有名为“frobnicate”的命令" in said
    assert "serve" in said


def test_command_without_its_module_hurts_no_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(main.COMMANDS, "absent", ("minsheng.app.cli.absent", "缺"))

    status = main.main(["absent"])

    assert status == main.FAULT
    assert "本安装不含命令“absent”" in capsys.readouterr().err
    assert main.main(["--help"]) == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["serve", "--port", "x"], "--port 的值 'x' 不是整数"),
        (["serve", "--port", "99999"], "--port 的值 '99999' 不在 0 到 65535 之间"),
        (
            ["client", "create", "x", "--city", "x", "--role", "seat", "--days", "99999999"],
            "--days 的值 '99999999' 不在",
        ),
        (["demo", "--scale", "nan"], "--scale 的值 'nan' 应大于 0"),
        (["serve", "--port"], "--port 后面缺少值"),
        (["serve", "--frob"], "不认识的参数 --frob"),
    ],
)
def test_mistyped_arguments_are_explained_in_chinese(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main.main(words)

    assert left.value.code == main.REFUSED
    assert expected in capsys.readouterr().err


def numbers_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield every argument of a command and its verbs that is a number."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for verb in action.choices.values():
                yield from numbers_of(verb)
        elif action.type in (int, float) or getattr(action.type, "__module__", "") == "minsheng.app.cli.numbers":
            yield action


def declared(name: str) -> list[argparse.Action]:
    parser = main.Parser(prog=name)
    importlib.import_module(main.COMMANDS[name][0]).add_arguments(parser)
    return list(numbers_of(parser))


@pytest.mark.parametrize("name", main.COMMANDS)
def test_no_command_takes_a_number_without_bounds(name: str) -> None:
    for action in declared(name):
        assert callable(action.type)
        for text in ("99999999999999999999", "-1", "nan", "1e400", "x"):
            with pytest.raises(argparse.ArgumentTypeError):
                action.type(text)


def test_numbers_of_commands_are_found() -> None:
    assert len(declared("serve")) == 4
    assert len(declared("client")) == 2


@pytest.mark.parametrize("name", ["rehearse", "pack", "doctor"])
def test_command_is_declared_without_django(name: str) -> None:
    code = "import sys; from minsheng.app.cli.main import main\n"
    code += f"try: main([{name!r}, '--help'])\nexcept SystemExit: pass\n"
    code += "assert 'django' not in sys.modules"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_arguments_of_subcommands_are_accepted() -> None:
    parser = main.Parser(prog="minsheng x", description="x")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("verify", help="核验")

    args = parser.parse_args(["verify"])

    assert args == argparse.Namespace(action="verify")


def test_every_code_of_the_platform_has_its_sentence() -> None:
    raised: set[str] = set()
    for folder in ("gateways", "app/cli"):
        for path in (SOURCE / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            raised.update(re.findall(r'(?:DatabaseFault|ClockRefused|SecretsFault|SupervisionFault)\("(\w+)"', text))
            raised.update(re.findall(r'code="(\w+_FAILED)"', text))

    assert raised <= sentences.known(), raised - sentences.known()
    assert len(raised) > 15
