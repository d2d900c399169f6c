"""`minsheng web`: the pages alone, or with `--streams` the event streams alone, where something else supervises.

`serve` starts the same commands as its children.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from minsheng.app.cli import numbers
from minsheng.gateways import database, secrets_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare address and size, and what is served."""
    add_address(parser)
    parser.add_argument("--streams", action="store_true", help="只运行实时消息（网页端口加 1），不运行网页")


def add_address(parser: argparse.ArgumentParser) -> None:
    """Declare address and size."""
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
    parser.add_argument(
        "--web-workers", type=numbers.whole(1, 256), default=min(max(processors, 2), 8), help="网页进程数"
    )
    parser.add_argument(
        "--web-threads", type=numbers.whole(1, 256), default=4, help="每个网页进程的线程数（每个线程占一个数据库连接）"
    )


def run(args: argparse.Namespace) -> int:
    """Become granian; return only when that can't be done."""
    var = database.var_folder()
    var.mkdir(parents=True, exist_ok=True)
    secrets_file.load(var, os.environ)
    put_into_environment(args, var)
    if not args.streams:
        have_room_for_measures(var)
    command = streams_command(args) if args.streams else pages_command(args)
    os.execv(command[0], command)  # noqa: S606 - words of ours, no shell wanted


def put_into_environment(args: argparse.Namespace, var: Path) -> None:
    """Let settings and children know the folder and both ports."""
    args.live_port = args.live_port or args.port + 1
    os.environ[database.VAR_VARIABLE] = str(var)
    os.environ["MINSHENG_PORT"] = str(args.port)
    os.environ["MINSHENG_LIVE_PORT"] = str(args.live_port)


def have_room_for_measures(var: Path) -> None:
    """Have an empty folder in which the web's processes keep their measures (`operation.measures`)."""
    folder = var / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # a full disk: every process measures for itself
        folder.mkdir(mode=0o700)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def pages_command(args: argparse.Namespace) -> list[str]:
    """Return how granian serves the pages."""
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--http", "auto"]
    words += ["--host", args.host, "--port", str(args.port), "--log-level", "error"]
    words += ["--workers", str(args.web_workers), "--blocking-threads", str(args.web_threads)]
    # A thread that ends gives up its kept database connection: let idle threads live.
    words += ["--blocking-threads-idle-timeout", "600"]
    words += ["--respawn-failed-workers", "--respawn-interval", "0.2", "--workers-kill-timeout", "8"]
    return [*words, "minsheng.app.site.wsgi:application"]


def streams_command(args: argparse.Namespace) -> list[str]:
    """Return how granian serves the event streams."""
    words = [sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws", "--http", "auto"]
    words += ["--host", args.host, "--port", str(args.live_port), "--log-level", "error"]
    # Every open browser is one request that does not end: none may wait for another's end.
    words += ["--workers", "1", "--loop", "asyncio", "--backlog", "4096", "--backpressure", "20000"]
    words += ["--http2-max-concurrent-streams", "10000"]
    words += ["--respawn-failed-workers", "--respawn-interval", "0.2", "--workers-kill-timeout", "8"]
    return [*words, "minsheng.app.site.live:application"]
