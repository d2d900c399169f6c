"""What a telephone switch of ours is set up with: its lines, its phones, where it listens and what it keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,40}")
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{12,128}")
_HOST: Final = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
_MATCH: Final = re.compile(r"[0-9a-fA-F.:]{2,45}(/\d{1,3})?")
_FOLDER: Final = re.compile(r"/[A-Za-z0-9._/-]+")
_LOWEST, _HIGHEST = 1024, 65535


class PlanRefused(Exception):
    """No configuration can be made of this; the reason is in Chinese and holds no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """A carrier's line. `host`: where calls go out to, `match`: the addresses calls come in from.

    `user` and `password`: by which the switch registers there, where the carrier wants that.
    """

    name: str
    host: str
    match: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)
    is_encrypted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """An agent's phone: its name at the switch and its password. `in_browser`: it speaks WebRTC."""

    name: str
    password: str = field(repr=False)
    in_browser: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A switch of one city. `app`: under which name the platform listens; `password`: of the platform there.

    `sip`, `control`: ports; `media`: the first and the last port of sound. `certificate`, `key`: files for SIP over TLS
    at `secure`. `runs_in`: a folder that has everything of a run, none for the system's own. `grace`: for how many
    seconds a new call waits for the platform before the fallback takes it.
    """

    app: str
    password: str = field(repr=False)
    trunks: tuple[Trunk, ...]
    phones: tuple[Phone, ...] = ()
    listen: str = "0.0.0.0"  # noqa: S104 - carriers and phones are elsewhere
    sip: int = 5060
    secure: int = 5061
    control: int = 8088
    media: tuple[int, int] = (10000, 20000)
    certificate: str = ""
    key: str = ""
    prompts: Path = Path("/var/lib/minsheng/prompts")
    recordings: Path = Path("/var/spool/minsheng/recordings")
    runs_in: Path | None = None
    grace: int = 6

    def __post_init__(self) -> None:
        """Refuse what would not stand in a configuration as one word. Raises: PlanRefused."""
        names = [self.app, *(each.name for each in self.trunks), *(each.name for each in self.phones)]
        wrong = next((each for each in names if not NAME.fullmatch(each)), None)
        if wrong is not None:
            raise PlanRefused(f"名称“{wrong[:60]}”应为小写字母开头，只含小写字母、数字和连字符，不超过 41 个字符")
        if len(set(names)) < len(names):
            raise PlanRefused("应用、中继和话机的名称不能重复")
        if not self.trunks:
            raise PlanRefused("至少要有一条中继")
        for each in self.trunks:
            _check_trunk(each)
        if not all(_SECRET.fullmatch(each) for each in (self.password, *(each.password for each in self.phones))):
            raise PlanRefused("密码应为 12 至 128 个字母、数字、“-”或“_”")
        if bool(self.certificate) != bool(self.key):
            raise PlanRefused("证书和私钥要同时给出")
        self._check_places()

    def _check_places(self) -> None:
        if any(each.is_encrypted for each in self.trunks) and not self.certificate:
            raise PlanRefused("加密的中继需要证书和私钥（--certificate、--key）")
        ports = (self.sip, self.secure, self.control, *self.media)
        if not all(_LOWEST <= each <= _HIGHEST for each in ports) or self.media[1] - self.media[0] < 3:
            raise PlanRefused("端口应在 1024 至 65535 之间，语音端口至少 4 个")
        if not _HOST.fullmatch(self.listen):
            raise PlanRefused("监听地址不能使用")
        folders = (self.prompts, self.recordings, self.runs_in, self.certificate, self.key)
        if not all(_FOLDER.fullmatch(str(each)) for each in folders if each):
            raise PlanRefused("目录和文件应为不含空格的绝对路径")
        if not 0 <= self.grace <= 60:
            raise PlanRefused("转入备用流程前的等待应为 0 至 60 秒")


def _check_trunk(trunk: Trunk) -> None:
    if not _HOST.fullmatch(trunk.host) or not trunk.match or not all(_MATCH.fullmatch(each) for each in trunk.match):
        raise PlanRefused(f"中继“{trunk.name}”的地址不能使用：host 为主机名或地址，match 为运营商来话的地址或网段")
    if bool(trunk.user) != bool(trunk.password):
        raise PlanRefused(f"中继“{trunk.name}”的用户名和密码要同时给出")
    if trunk.user and not all(re.fullmatch(r"[!-:<-Z^-~]{1,128}", each) for each in (trunk.user, trunk.password)):
        raise PlanRefused(f"中继“{trunk.name}”的用户名或密码含有不能写入配置的字符")
