"""Vendors' switches that tell us of calls by HTTP: the file that names them, and what a message of theirs says.

The form is the generic one of three events, `newCall`, `answer` and `hangup`, sent as a form or as JSON.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

EVENTS: Final = ("newCall", "answer", "hangup")
DIRECTIONS: Final = ("in", "out")
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_CAUSE: Final = re.compile(r"[A-Za-z_]{1,40}")
_KEYS: Final = frozenset(("name", "city", "token"))
_LONGEST_ID: Final = 250
_LONGEST: Final = 100
_SHORTEST_TOKEN: Final = 16


class CtiMisconfigured(Exception):
    """The file cannot be used; the reason is in Chinese and holds no secret."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """A switch that may tell: its name, whose calls it has, and its token."""

    name: str
    city: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What one message says. `ours`: the number of the hotline, `theirs`: the citizen's; `users`: whose phones."""

    event: str
    call: str
    direction: str
    theirs: str = field(repr=False)
    ours: str
    users: tuple[str, ...] = ()
    cause: str = ""


def vendors(file: Path | None, *, environment: Mapping[str, str] = os.environ) -> tuple[Vendor, ...]:
    """Return the switches that a file names; none without a file. Raises: CtiMisconfigured."""
    if file is None:
        return ()
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8")).get("switch", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise CtiMisconfigured(f"文件 {file.name} 不能读取，或不是 TOML 格式") from fault
    rows = found if isinstance(found, list) else []
    made = tuple(_vendor(each, environment) for each in rows)
    if not made:
        raise CtiMisconfigured(f"文件 {file.name} 中没有 [[switch]]")
    if len({each.name for each in made}) < len(made) or len({each.token for each in made}) < len(made):
        raise CtiMisconfigured("交换机的 name 和令牌不能重复")
    return made


def _vendor(row: object, environment: Mapping[str, str]) -> Vendor:
    if not isinstance(row, dict) or set(row) != _KEYS or not all(isinstance(each, str) for each in row.values()):
        raise CtiMisconfigured("每个 [[switch]] 应写明 name、city、token（令牌所在的环境变量名），不写其他")
    token = environment.get(row["token"], "")
    if not _NAME.fullmatch(row["name"]) or len(token) < _SHORTEST_TOKEN:
        raise CtiMisconfigured(f"交换机的 name 应为小写字母开头；环境变量 {row['token']} 的令牌不短于 16 个字符")
    return Vendor(row["name"], row["city"], token)


def read(body: bytes, kind: str) -> Told:
    """Return what a message says; `kind` is its content type. Raises: ValueError for what is no such message."""
    said = _of_json(body) if kind == "application/json" else _of_form(body)
    said = {name: values for name, values in said.items() if values}
    event, call, direction = (said.get(name, [""])[0] for name in ("event", "callId", "direction"))
    if event not in EVENTS or direction not in DIRECTIONS or not 0 < len(call) <= _LONGEST_ID or not call.isprintable():
        raise ValueError("no such event")
    calling, called = (said.get(name, [""])[0][:_LONGEST] for name in ("from", "to"))
    theirs, ours = (calling, called) if direction == "in" else (called, calling)
    cause = said.get("cause", [""])[0]
    users = (*said.get("answeringNumber", []), *said.get("user[]", []), *said.get("user", []))
    return Told(
        event, call, direction, theirs, ours, tuple(each[:_LONGEST] for each in users if each),
        cause if _CAUSE.fullmatch(cause) else "",
    )  # fmt: skip


def _of_form(body: bytes) -> dict[str, list[str]]:
    return parse_qs(body.decode(), keep_blank_values=False, max_num_fields=50)


def _of_json(body: bytes) -> dict[str, list[str]]:
    try:
        found = json.loads(body)
    except RecursionError as fault:
        raise ValueError("nested too deeply") from fault
    if not isinstance(found, dict):
        raise ValueError("no object")
    return {str(name): [str(each) for each in (value if isinstance(value, list) else [value])]
            for name, value in found.items() if value is not None}  # fmt: skip
