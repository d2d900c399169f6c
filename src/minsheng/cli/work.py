"""`minsheng work`: tell the subscribers what the ledger appended, seal what is settled. Any number may run."""

from __future__ import annotations

import argparse

from minsheng.cli import installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: all settings come from the environment."""


def run(args: argparse.Namespace) -> int:
    """Relay until told to stop."""
    with installation.opened():
        from minsheng.ledger import tasks

        return installation.run_until_stopped(lambda stop: tasks.relay_forever(stop=stop))
