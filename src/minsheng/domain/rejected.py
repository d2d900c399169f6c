"""The anticipated refusal: a stable code and typed parameters, no text for people inside."""

from __future__ import annotations

from collections.abc import Mapping


class Rejected(Exception):
    """A command that the rules refuse. `minsheng.wording.say` turns it into a Chinese sentence."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params
