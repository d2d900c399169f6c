"""Hold a commit message to the house's form: `python scripts/commit_message.py FILE`; pre-commit calls it.

A subject of at most 72 columns, `area: Imperative plain sentence`; a body that says why.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

SUBJECT_AT_MOST = 72
_SUBJECT = re.compile(r"[a-z][a-z0-9_. -]*: [A-Z].*")
# What git itself writes.
_GITS_OWN = ("Merge ", "Revert ", "fixup! ", "squash! ")


def faults_of(message: str) -> list[str]:
    """Return what is wrong with a message, a sentence each; lines that git strips do not count."""
    lines = [line.rstrip() for line in message.splitlines() if not line.startswith("#")]
    subject, *rest = lines or [""]
    if subject.startswith(_GITS_OWN):
        return []
    faults = []
    if len(subject) > SUBJECT_AT_MOST:
        faults.append(f"The subject has {len(subject)} columns; at most {SUBJECT_AT_MOST}.")
    if not _SUBJECT.fullmatch(subject):
        faults.append("Write the subject as `area: Imperative plain sentence`.")
    if rest and rest[0]:
        faults.append("Leave the second line empty.")
    if not any(rest):
        faults.append("Say in a body why, and why it is safe.")
    return faults


if __name__ == "__main__":
    found = faults_of(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print("\n".join(found), file=sys.stderr)
    raise SystemExit(bool(found))
