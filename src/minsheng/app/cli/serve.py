"""`minsheng serve`: the whole platform under one supervisor: database, web, event streams, worker, jobs, sweeper, lake.

The supervisor touches no data itself. What dies is started again; SIGTERM stops the children first, then the database
(fast). Read `supervision.py` for how processes are kept.
"""

from __future__ import annotations

import argparse
import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from minsheng.app.cli import audit, backup, calls, gateway, installation, sentences, web
from minsheng.app.cli import children as supervision
from minsheng.gateways import database, processes, secrets_file
from minsheng.gateways.postgres import server

_TICK = 0.5
_ASKED_OFTEN = 30.0
_ASKED_SELDOM = 2.0
_READY_WITHIN = 120.0
_ORPHAN_PORT_WITHIN = 5.0
# Seconds between two exports to the lake: reports are that much behind the desks.
_EXPORT_EVERY = "60"
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopped(BaseException):
    """A signal came while things were still being prepared."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare address, size and demonstration mode."""
    web.add_address(parser)
    parser.add_argument("--demo", action="store_true", help="演示模式：数据库为空时写入演示城市，演示口令可用")


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop; return 0, or 1 with the reason when the platform cannot be brought up."""
    var = database.var_folder()
    web.put_into_environment(args, var)
    if args.demo:
        os.environ["MINSHENG_DEMO"] = "1"
    try:
        with supervision.alone(var) as folder:
            return _Platform(args, var=var, run_folder=folder).run()
    except supervision.SupervisionFault as fault:
        print(sentences.say(fault.code, fault.params), file=sys.stderr)
        return 1


class _Platform:
    """One run of the platform, from the first preparation to the last stop."""

    def __init__(self, args: argparse.Namespace, *, var: Path, run_folder: Path) -> None:
        self._args = args
        self._var = var
        self._run_folder = run_folder
        self._preparing = True
        self._stopping = False
        self._announced = False
        self._database: supervision.Database | None = None
        self._children: list[supervision.Child] = []
        self._wake_up, self._bell = os.pipe()

    def run(self) -> int:
        self._listen_to_signals()
        try:
            self._prepare()
            self._preparing = False
            self._keep_running()
        except Stopped:
            pass
        finally:
            self._preparing = False
            self._stop()
        return 0

    def _prepare(self) -> None:
        processes.adopt_descendants()
        if supervision.end_orphans(self._var):
            _say("已清理上次异常退出遗留的进程。")
        os.environ[supervision.MARK] = str(self._var)
        web.have_room_for_measures(self._var)
        for port in (self._args.port, self._args.live_port):
            self._claim_port(port)
        if database.named() is None:
            _say("正在启动内嵌数据库…")
            self._database = supervision.Database(start=lambda: server.start(self._var), server=server.start(self._var))
            database.embedded(self._var).put_into(os.environ)
        if installation.have_keys(database.current()):
            _say(f"已生成本机密钥：{secrets_file.path_in(self._var)}（请另行备份；正式部署请用环境变量传入）。")
        _step(["migrate", "--quiet"], code="MIGRATION_FAILED")
        if self._args.demo:
            _step(["demo"], code="DEMO_FAILED")
        self._children = [
            self._child("web", "网页服务", web.pages_command(self._args)),
            self._child("live", "实时消息", web.streams_command(self._args)),
            self._child("worker", "后台任务", supervision.command("work")),
            self._child("jobs", "后台作业", supervision.command("jobs")),
            self._child("sweeper", "时限巡查", supervision.command("sweep")),
            self._child("lake", "数据湖导出", supervision.command("lake", "export", "--every", _EXPORT_EVERY)),
        ]
        if calls.is_wanted():
            self._children.append(self._child("calls", "话务", supervision.command("calls")))
        if gateway.is_wanted():
            self._children.append(self._child("gateway", "短信网关", supervision.command("gateway")))
        if os.environ.get(audit.VARIABLE):
            self._children.append(self._child("audit", "审计外送", supervision.command("audit", "send")))
        if os.environ.get(backup.VARIABLE):
            self._children.append(self._child("backup", "备份", supervision.command("backup", "run")))

    def _keep_running(self) -> None:
        for child in self._children:
            child.start()
        asked_since = time.monotonic()
        while not self._stopping:
            # Quick at first; where it takes long each question is a line in the log.
            is_early = time.monotonic() - asked_since < _ASKED_OFTEN
            if not self._announced and self._answers():
                self._announce()
            if not self._announced and time.monotonic() - asked_since > _READY_WITHIN:
                _say("网页服务还没有应答，请查看上面的错误，或运行 minsheng doctor。")
                asked_since = time.monotonic()
            self._wait(0.1 if not self._announced and is_early else _TICK if self._announced else _ASKED_SELDOM)
            supervision.reap_all()
            if self._stopping:
                return
            if self._database is not None:
                self._database.watch(_say)
            for child in self._children:
                child.watch(_say)

    def _stop(self) -> None:
        if self._children:
            _say("正在停止…")
        supervision.stop_all(self._children)
        with suppress(supervision.SupervisionFault):  # the next start finds it again, and says so
            supervision.end_orphans(self._var)
        if self._database is not None:
            self._database.server.stop()
        if self._children:
            _say("已停止。")

    def _child(self, name: str, label: str, command: list[str]) -> supervision.Child:
        return supervision.Child(name=name, label=label, command=command, run_folder=self._run_folder)

    def _claim_port(self, port: int) -> None:
        """Find out before anything else starts whether the address can be had.

        Raises: SupervisionFault PORT_TAKEN, PORT_FORBIDDEN or ADDRESS_UNKNOWN.
        """
        if not processes.wait_until(partial(self._is_free, port), seconds=_ORPHAN_PORT_WITHIN, pause=0.2):
            raise supervision.SupervisionFault("PORT_TAKEN", port=port)

    def _is_free(self, port: int) -> bool:
        try:
            found = socket.getaddrinfo(self._args.host, port, type=socket.SOCK_STREAM)[0]
        except (OSError, OverflowError) as fault:
            raise supervision.SupervisionFault("ADDRESS_UNKNOWN", host=self._args.host, why=str(fault)) from fault
        with socket.socket(found[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(found[4])
            except PermissionError as fault:
                raise supervision.SupervisionFault("PORT_FORBIDDEN", port=port) from fault
            except OSError:
                return False
        return True

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(self._reachable_host(), self._args.port, timeout=1.0)
        try:
            connection.request("GET", "/readyz")
            return bool(connection.getresponse().status == 200)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _announce(self) -> None:
        self._announced = True
        _say(f"民声平台已就绪：http://{self._shown_host()}:{self._args.port}/ （按 Ctrl+C 停止）")
        if not self._is_own_machine() and not os.environ.get("MINSHENG_BEHIND_PROXY"):
            _say("其他机器可以访问本平台，但前面没有代理；正式使用请先设置代理（minsheng install 写出 nginx 配置）。")

    def _is_own_machine(self) -> bool:
        """Tell whether only this machine reaches the platform. A thread waits for a body, so others come by a proxy."""
        return self._args.host in ("127.0.0.1", "::1", "localhost")

    def _reachable_host(self) -> str:
        host: str = self._args.host
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - it is compared, not bound

    def _shown_host(self) -> str:
        host = self._reachable_host()
        return f"[{host}]" if ":" in host else host

    def _listen_to_signals(self) -> None:
        for end in (self._wake_up, self._bell):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._bell, warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)
        # Python ignores a child's end by default; with a handler it rings the bell, and a death is seen at once.
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def _on_signal(self, number: int, frame: object) -> None:
        self._stopping = True
        if self._preparing:
            self._preparing = False
            raise Stopped

    def _wait(self, seconds: float) -> None:
        """Wait, but no longer than until a signal comes."""
        select.select([self._wake_up], [], [], seconds)
        with suppress(BlockingIOError):
            while os.read(self._wake_up, 4096):
                pass


def _step(words: list[str], *, code: str) -> None:
    """Run one preparing command to its end.

    Raises: SupervisionFault with that code when it fails; it has said why itself.
    """
    done = subprocess.run(
        supervision.command(*words),
        stdin=subprocess.DEVNULL,
        check=False,
        preexec_fn=processes.dies_with_parent(signal.SIGTERM),
    )
    if done.returncode != 0:
        raise supervision.SupervisionFault(code)


def _say(sentence: str) -> None:
    print(sentence, flush=True)
