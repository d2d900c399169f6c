"""`minsheng serve`: the whole platform under one supervisor: database, web, event streams, worker, jobs, sweeper, lake.

The supervisor touches no data itself. What dies is started again; SIGTERM stops the children first, then the database
(fast). Read `supervision.py` for how processes are kept.
"""

from __future__ import annotations

import argparse
import http.client
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from minsheng.app.cli import audit, backup, installation, numbers, sentences
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
    processors = os.cpu_count() or 1
    parser.add_argument("--host", default=os.environ.get("MINSHENG_HOST", "127.0.0.1"), help="监听地址，默认只限本机")
    parser.add_argument(
        "--port", type=numbers.PORT, default=os.environ.get("MINSHENG_PORT") or "8000", help="监听端口，默认 8000"
    )
    parser.add_argument(
        "--live-port",
        type=numbers.PORT,
        default=os.environ.get("MINSHENG_LIVE_PORT") or "0",
        help="实时消息的监听端口，默认为网页端口加 1",
    )
    parser.add_argument("--demo", action="store_true", help="演示模式：数据库为空时写入演示城市，演示口令可用")
    parser.add_argument(
        "--web-workers", type=numbers.whole(1, 256), default=min(max(processors, 2), 8), help="网页进程数"
    )
    parser.add_argument(
        "--web-threads", type=numbers.whole(1, 256), default=4, help="每个网页进程的线程数（每个线程占一个数据库连接）"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop; return 0, or 1 with the reason when the platform cannot be brought up."""
    var = database.var_folder()
    os.environ["MINSHENG_VAR"] = str(var)
    args.live_port = args.live_port or args.port + 1
    os.environ["MINSHENG_PORT"] = str(args.port)
    os.environ["MINSHENG_LIVE_PORT"] = str(args.live_port)
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
        self._have_room_for_measures()
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
            self._child("web", "网页服务", self._web_command()),
            self._child("live", "实时消息", self._live_command()),
            self._child("worker", "后台任务", supervision.command("work")),
            self._child("jobs", "后台作业", supervision.command("jobs")),
            self._child("sweeper", "时限巡查", supervision.command("sweep")),
            self._child("lake", "数据湖导出", supervision.command("lake", "export", "--every", _EXPORT_EVERY)),
        ]
        if os.environ.get(audit.VARIABLE):
            self._children.append(self._child("audit", "审计外送", supervision.command("audit", "send")))
        if os.environ.get(backup.VARIABLE):
            self._children.append(self._child("backup", "备份", supervision.command("backup", "run")))

    def _have_room_for_measures(self) -> None:
        """Have an empty folder in which the web's processes keep their measures (`operation.measures`)."""
        folder = self._var / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # a full disk: every process measures for itself
            folder.mkdir(mode=0o700)
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)

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
        supervision.end_orphans(self._var)
        if self._database is not None:
            self._database.server.stop()
        if self._children:
            _say("已停止。")

    def _child(self, name: str, label: str, command: list[str]) -> supervision.Child:
        return supervision.Child(name=name, label=label, command=command, run_folder=self._run_folder)

    def _web_command(self) -> list[str]:
        words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--http", "auto"]
        words += ["--host", self._args.host, "--port", str(self._args.port), "--log-level", "error"]
        words += ["--workers", str(self._args.web_workers), "--blocking-threads", str(self._args.web_threads)]
        # A thread that ends gives up its kept database connection: let idle threads live.
        words += ["--blocking-threads-idle-timeout", "600"]
        words += ["--respawn-failed-workers", "--respawn-interval", "0.2", "--workers-kill-timeout", "8"]
        return [*words, "minsheng.app.site.wsgi:application"]

    def _live_command(self) -> list[str]:
        words = [sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws", "--http", "auto"]
        words += ["--host", self._args.host, "--port", str(self._args.live_port), "--log-level", "error"]
        # Every open browser is one request that does not end: none may wait for another's end.
        words += ["--workers", "1", "--loop", "asyncio", "--backlog", "4096", "--backpressure", "20000"]
        words += ["--http2-max-concurrent-streams", "10000"]
        words += ["--respawn-failed-workers", "--respawn-interval", "0.2", "--workers-kill-timeout", "8"]
        return [*words, "minsheng.app.site.live:application"]

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
            _say("其他机器可以访问本平台，但前面没有代理；正式使用请按 docs/nginx.conf 配置代理。")

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
