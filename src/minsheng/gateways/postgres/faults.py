"""What can go wrong with the embedded database, as stable codes; `minsheng.app.cli.sentences` has the words."""

from __future__ import annotations

from collections.abc import Mapping


class DatabaseFault(Exception):
    """The database cannot be had. Nothing was changed that the next start would trip over."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params

    def __str__(self) -> str:
        return f"{self.code} {dict(self.params)}" if self.params else self.code
