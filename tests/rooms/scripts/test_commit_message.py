"""The form of a commit message, as the hook of contributors holds it."""

from __future__ import annotations

import pytest
from scripts.commit_message import faults_of


@pytest.mark.parametrize(
    "message",
    [
        "orders: Refuse a second dispatch\n\nTwo seats could dispatch at once.",
        "core.files: Keep the name\n\nWhy.\n# Please enter the commit message\n",
        "Revert \"orders: Refuse\"",
    ],
)  # fmt: skip
def test_message_in_the_form_is_taken(message: str) -> None:
    assert faults_of(message) == []


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("Refuse it\n\nWhy.", "Write the subject"),
        ("orders: refuse it\n\nWhy.", "Write the subject"),
        (f"orders: R{'e' * 70}\n\nWhy.", "at most 72"),
        ("orders: Refuse it", "why"),
        ("orders: Refuse it\nWhy.", "second line"),
        ("# only a comment", "Write the subject"),
    ],
)
def test_message_out_of_form_is_refused_with_what_to_do(message: str, says: str) -> None:
    assert any(says in each for each in faults_of(message))
