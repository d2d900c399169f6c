"""The switches that a file names, one a city, and the adapter of each kind."""

from __future__ import annotations

import contextlib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from minsheng.gateways.switch.ari import Access, AriSwitch, Looked
from minsheng.gateways.switch.esl import EslAccess, EslSwitch
from minsheng.gateways.switch.plan import NAME

VARIABLE: Final = "MINSHENG_SWITCH_FILE"
# What each kind of address begins with.
SCHEMES: Final = {"ari": ("http", "https"), "esl": ("tcp",)}
_KEYS: Final = frozenset(("kind", "city", "url", "user", "password", "app", "trunk", "prompts"))
_FOLDER: Final = re.compile(r"/[A-Za-z0-9._/-]+")
_SHORTEST: Final = 12
_ESL_PORT: Final = 8021


class SwitchMisconfigured(Exception):
    """The file cannot be used; the reason is in Chinese and holds no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A city's switch. `url`: where it listens for us; `trunk`: by which numbers are called; `prompts`: its folder.

    `recordings`: the folder of recordings, of `esl` alone: Asterisk has it in its own configuration.
    """

    kind: str
    city: str
    url: str
    user: str
    password: str = field(repr=False)
    app: str
    trunk: str
    prompts: str
    recordings: str = ""


def switches(file: Path | None, *, environment: Mapping[str, str] = os.environ) -> tuple[Named, ...]:
    """Return the switches that a file names; none without a file. Raises: SwitchMisconfigured."""
    if file is None:
        return ()
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8")).get("switch", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise SwitchMisconfigured(f"文件 {file.name} 不能读取，或不是 TOML 格式") from fault
    made = tuple(_named(each, environment) for each in (found if isinstance(found, list) else []))
    if not made:
        raise SwitchMisconfigured(f"文件 {file.name} 中没有 [[switch]]")
    if len({each.city for each in made}) < len(made) or len({(each.url, each.app) for each in made}) < len(made):
        raise SwitchMisconfigured("一座城市只能有一台交换机；同一台交换机上各城市的 app 不能相同")
    return made


def given(environment: Mapping[str, str] = os.environ) -> tuple[Named, ...]:
    """Return the switches of the file that the environment names. Raises: SwitchMisconfigured."""
    return switches(Path(environment[VARIABLE]) if environment.get(VARIABLE) else None, environment=environment)


def _named(row: object, environment: Mapping[str, str]) -> Named:
    if not isinstance(row, dict) or not all(isinstance(each, str) for each in row.values()) or not _has_keys(row):
        raise SwitchMisconfigured(
            f"每个 [[switch]] 应写明 {'、'.join(sorted(_KEYS))}（password 为口令所在的环境变量名；"
            "esl 还有 recordings），不写其他"
        )
    said: dict[str, Any] = dict(row)
    if said["kind"] not in SCHEMES:
        raise SwitchMisconfigured(f"交换机的 kind 应为 {'、'.join(SCHEMES)} 之一")
    said["password"] = environment.get(row["password"], "")
    if len(said["password"]) < _SHORTEST:
        raise SwitchMisconfigured(f"环境变量 {row['password']} 的口令不短于 {_SHORTEST} 个字符")
    if urlsplit(said["url"]).scheme not in SCHEMES[said["kind"]] or not urlsplit(said["url"]).hostname:
        raise SwitchMisconfigured(f"交换机的 url 应以 {SCHEMES[said['kind']][0]}:// 开头，后面是主机和端口")
    folders = [said["prompts"], *([said["recordings"]] if "recordings" in said else [])]
    names = (said["app"], said["trunk"])
    if not all(map(NAME.fullmatch, names)) or not all(map(_FOLDER.fullmatch, folders)):
        raise SwitchMisconfigured("app、trunk 只含小写字母、数字和连字符；prompts、recordings 为不含空格的绝对路径")
    return Named(**said)


def _has_keys(row: Mapping[str, object]) -> bool:
    return set(row) == _KEYS | ({"recordings"} if row.get("kind") == "esl" else set())


def switch_of(named: Named) -> AriSwitch | EslSwitch:
    """Return the adapter of a switch."""
    if named.kind == "esl":
        where = urlsplit(named.url)
        return EslSwitch(
            EslAccess(
                host=where.hostname or "", port=where.port or _ESL_PORT, password=named.password, app=named.app,
                trunk=named.trunk, prompts=named.prompts, recordings=named.recordings,
            )
        )  # fmt: skip
    return AriSwitch(
        Access(
            url=named.url, user=named.user, password=named.password, app=named.app, trunk=named.trunk,
            prompts=named.prompts,
        )
    )  # fmt: skip


async def look(named: Named) -> Looked:
    """Look at a switch from outside. Raises: SwitchError switch_down; PermissionError for a wrong password."""
    async with contextlib.aclosing(switch_of(named)) as switch:
        return await switch.look()
