"""`minsheng sweep`: fire the timers that have run out. Any number may run."""

from __future__ import annotations

import argparse

from minsheng.app.cli import installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: all settings come from the environment."""


def run(args: argparse.Namespace) -> int:
    """Sweep until told to stop."""
    with installation.opened():
        from minsheng.core.ledger import tasks

        return installation.run_until_stopped(lambda stop: tasks.sweep_forever(stop=stop))
