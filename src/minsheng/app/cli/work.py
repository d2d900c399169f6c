"""`minsheng work`: tell subscribers what was appended, and seal it. Any number may run."""

from __future__ import annotations

import argparse
import threading

from minsheng.app.cli import installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: all settings come from the environment."""


def run(args: argparse.Namespace) -> int:
    """Relay, and seal beside it, until told to stop."""
    with installation.opened():
        from minsheng.core.ledger import tasks

        def both(stop: threading.Event) -> None:
            # Beside, since after an import sealing may take seconds, and desks wait for the relay.
            beside = threading.Thread(target=tasks.seal_forever, kwargs={"stop": stop}, name="sealer")
            beside.start()
            tasks.relay_forever(stop=stop)
            beside.join()

        return installation.run_until_stopped(both)
