"""What a whole run of the suite shares, its lanes and their processes: each thing is made once, by who asks first."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

# Names the folder; `scripts/lanes.py` makes it, or the first process of a single run (tests/conftest.py).
RUN_VARIABLE = "MINSHENG_TESTS_RUN"


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that `make` fills, once a run; who asks meanwhile waits. Nobody writes into it afterwards."""
    run = Path(os.environ[RUN_VARIABLE])
    made, draft = run / name, run / f"{name}.draft"
    with (run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make(draft)
            draft.rename(made)
    return made
