"""`minsheng work`: tell subscribers what was appended, seal it, keep lake and reports. Any number may run."""

from __future__ import annotations

import argparse
import threading

from minsheng.app.cli import installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: all settings come from the environment."""


def run(args: argparse.Namespace) -> int:
    """Relay, and beside it work on reports, until told to stop."""
    with installation.opened():
        from minsheng.core.ledger import tasks
        from minsheng.figures.reports import tasks as reports

        def both(stop: threading.Event) -> None:
            # Beside, since counting may take seconds and nobody waits for the relay that long.
            beside = threading.Thread(target=reports.work_forever, kwargs={"stop": stop}, name="reports")
            beside.start()
            tasks.relay_forever(stop=stop)
            beside.join()

        return installation.run_until_stopped(both)
