"""Where the embedded PostgreSQL keeps its things, and which system user owns them.

PostgreSQL refuses to run as root: then one system user owns and runs the server; otherwise the caller does.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from minsheng.gateways.postgres.faults import DatabaseFault

PORT = 5432
SYSTEM_USER = "minsheng-postgres"
ROOT_HOME = Path("/var/lib/minsheng")
ROOT_SOCKETS = Path("/run/minsheng")

# sun_path of Linux holds 108 bytes with the closing zero.
_SOCKET_PATH_LIMIT = 107


class Identity(TypedDict, total=False):
    """The keywords of `subprocess` that name another user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Owner:
    """The system user that owns the data and runs the server."""

    name: str
    uid: int
    gid: int

    def run(self, arguments: list[str], *, stdin: str = "", seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command as this user, its output captured, the environment cut down to what it needs."""
        return subprocess.run(
            arguments,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            cwd="/",
            env=self.environment(),
            **self.identity(),
        )

    def identity(self) -> Identity:
        """Return the keywords that make `subprocess` become this user; none where we already are."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def environment(self) -> dict[str, str]:
        """Return an environment without PG* variables, which would silently redirect the tools."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": "/"}


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one embedded server."""

    var: Path
    home: Path
    socket: Path

    @property
    def data(self) -> Path:
        """The cluster's own folder."""
        return self.home / "data"

    @property
    def is_made(self) -> bool:
        """Whether there is a cluster."""
        return (self.data / "PG_VERSION").exists()

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "server.log"

    @property
    def lock(self) -> Path:
        """Held while a server is being made or started."""
        return self.var / "postgres.lock"


def find_owner() -> Owner:
    """Return the system user that runs the server; as root it is made when it is missing.

    Raises: DatabaseFault NO_SYSTEM_USER when none can be made, CALLER_UNNAMED when the caller's number has no name
    (peer authentication goes by names).
    """
    if os.geteuid() != 0:
        return _owner(_current_user())
    try:
        return _owner(pwd.getpwnam(SYSTEM_USER))
    except KeyError:
        _make_system_user()
    try:
        return _owner(pwd.getpwnam(SYSTEM_USER))
    except KeyError as fault:
        raise DatabaseFault("NO_SYSTEM_USER", user=SYSTEM_USER) from fault


def plan(var: Path) -> Layout:
    """Return the folders for this `var` without touching anything.

    The socket's place depends only on `var` and the caller: root's lives under /run, where nobody else can sit first;
    other callers have it in `var`, or, where that path is longer than a socket's name may be, in a folder of their own
    under /tmp.
    """
    var = var.resolve()
    home = (var / "postgres").resolve()
    short = hashlib.sha256(os.fsencode(var)).hexdigest()[:16]
    if os.geteuid() == 0:
        socket = ROOT_SOCKETS / short
    else:
        socket = var / "postgres" / "socket"
        if len(os.fsencode(socket)) + len(f"/.s.PGSQL.{PORT}") > _SOCKET_PATH_LIMIT:
            socket = Path("/tmp") / f"minsheng-{os.geteuid()}-{short}"  # noqa: S108 - owner and mode are checked
    return Layout(var=var, home=home, socket=socket)


def make(var: Path, *, owner: Owner) -> Layout:
    """Make the folders that are missing and return them.

    Where the owner cannot enter `var` (root's home is closed to others), the data live under /var/lib/minsheng and
    `var/postgres` points there; no folder of others is opened up.
    Raises: DatabaseFault VAR_NOT_WRITABLE, DATA_OF_OTHER_USER or SOCKET_FOLDER_TAKEN.
    """
    try:
        var.mkdir(parents=True, exist_ok=True)
        home = var / "postgres"
        if not home.exists():
            _make_home(home, owner=owner)
        layout = plan(var)
        if os.geteuid() == 0:
            ROOT_SOCKETS.mkdir(mode=0o755, exist_ok=True)
        _own_folder(layout.socket, owner=owner)
    except OSError as fault:
        raise DatabaseFault("VAR_NOT_WRITABLE", path=str(fault.filename or var), why=fault.strerror or "") from fault
    if layout.data.exists() and layout.data.stat().st_uid != owner.uid:
        raise DatabaseFault("DATA_OF_OTHER_USER", path=str(layout.data), user=_user_name(layout.data.stat().st_uid))
    return layout


def remove_socket_folder(layout: Layout) -> None:
    """Remove a socket folder that lies outside `var`, once nothing listens in it."""
    if not layout.socket.is_relative_to(layout.home):
        shutil.rmtree(layout.socket, ignore_errors=True)


def can_enter(folder: Path, *, owner: Owner) -> bool:
    """Tell whether that user can reach the folder, by trying it."""
    tried = owner.run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], seconds=10)
    return tried.returncode == 0


def _make_home(home: Path, *, owner: Owner) -> None:
    if home.is_symlink():  # it points to something that is gone: whoever removed the data removed them
        home.unlink()
    if os.geteuid() != 0 or can_enter(home.parent.resolve(), owner=owner):
        home.mkdir()
        home.chmod(0o755)
        return
    ROOT_HOME.mkdir(mode=0o755, exist_ok=True)
    elsewhere = ROOT_HOME / secrets.token_hex(8)
    elsewhere.mkdir()
    elsewhere.chmod(0o755)
    home.symlink_to(elsewhere)


def _own_folder(folder: Path, *, owner: Owner) -> None:
    if not folder.is_symlink() and not folder.exists():
        folder.mkdir(mode=0o700)
        os.chown(folder, owner.uid, owner.gid)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != owner.uid or state.st_mode & 0o077:
        raise DatabaseFault("SOCKET_FOLDER_TAKEN", path=str(folder), user=_user_name(state.st_uid))


def _make_system_user() -> None:
    adders = (
        [
            "useradd",
            "--system",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
            SYSTEM_USER,
        ],
        ["adduser", "--system", "--group", "--no-create-home", SYSTEM_USER],
        ["adduser", "-S", "-H", "-D", SYSTEM_USER],  # busybox
    )
    for adder in adders:
        # A root shell entered by `su` may lack the sbin folders.
        path = os.environ.get("PATH", os.defpath) + os.pathsep + "/usr/sbin" + os.pathsep + "/sbin"
        program = shutil.which(adder[0], path=path)
        if program and subprocess.run([program, *adder[1:]], capture_output=True, check=False).returncode == 0:
            return


def _current_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(os.geteuid())
    except KeyError as fault:
        raise DatabaseFault("CALLER_UNNAMED", uid=os.geteuid()) from fault


def _owner(entry: pwd.struct_passwd) -> Owner:
    return Owner(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
