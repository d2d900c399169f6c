"""`minsheng jobs`: do what needs no person and no desk waits for. Any number may run."""

from __future__ import annotations

import argparse

from minsheng.app.cli import installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: all settings come from the environment."""


def run(args: argparse.Namespace) -> int:
    """Do jobs until told to stop."""
    with installation.opened():
        from minsheng.core.jobs import tasks

        return installation.run_until_stopped(lambda stop: tasks.work_forever(stop=stop))
