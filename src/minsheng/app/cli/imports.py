"""`minsheng import`: take letters from a CSV file, each once; what can't be taken goes into a rejects file.

docs/import.md describes the file. The work is in `minsheng.cases.orders.imports.actions`.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from minsheng.app.cli import installation, numbers
from minsheng.domain.text import for_spreadsheets

if TYPE_CHECKING:
    from minsheng.cases.orders.imports.actions import Taken
    from minsheng.cases.orders.imports.csv import Row

CHUNK = 200
_MARK = ["行号", "原因"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file, and what is assumed where it says nothing."""
    parser.add_argument("file", metavar="FILE.csv", type=Path, help="来信文件（CSV，UTF-8 或 GB18030，首行为列名）")
    parser.add_argument("--city", required=True, metavar="代码", help="城市代码，例如 suqian")
    parser.add_argument("--type", metavar="类型", help="文件没有诉求类型时采用，例如 help 或 求助，以本市规则为准")
    parser.add_argument("--channel", metavar="渠道", help="文件没有渠道时采用，例如 web")
    parser.add_argument("--publish", choices=("yes", "no"), help="文件没有公开意愿时采用")
    parser.add_argument(
        "--real-name", action=argparse.BooleanOptionalAction, default=None, help="文件没有实名信息时：是否实名"
    )
    parser.add_argument(
        "--appellant", choices=("citizen", "enterprise", "organization"), default="citizen", help="诉求人类别"
    )
    parser.add_argument(
        "--submit", action=argparse.BooleanOptionalAction, default=True, help="登记后是否提交交办（默认提交）"
    )
    parser.add_argument("--rejects", type=Path, metavar="FILE", help="不合格行写入此文件（默认为 文件名.rejects.csv）")
    parser.add_argument("--limit", type=numbers.COUNT, metavar="N", help="最多读 N 行")


def run(args: argparse.Namespace) -> int:
    """Take the file in; return 0 when every row was taken, 1 when some were not, 2 when nothing could be read."""
    rejects = args.rejects or args.file.with_name(args.file.name + ".rejects.csv")
    if rejects.resolve() == args.file.resolve():
        print("--rejects 不能是来信文件本身，请换一个文件名。", file=sys.stderr)
        return 2
    with installation.opened():
        from minsheng import wording
        from minsheng.domain.rejected import Rejected

        tally = Tally(args.file.name, rejects)
        try:
            _take(args, rejects, tally)
        except Rejected as refusal:
            print(wording.say(refusal), file=sys.stderr)
            if tally.read:
                print(tally.closing("导入中断"), file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print(tally.closing("导入中断（再次运行同一命令可继续）"), file=sys.stderr)
            raise
    print(tally.closing("导入完成"))
    return 1 if tally.refused else 0


class Tally:
    """What became of the rows so far, and how it is told."""

    def __init__(self, name: str, rejects: Path) -> None:
        self.name, self.rejects = name, rejects
        self.added = self.known = self.refused = 0
        self.began = time.monotonic()

    @property
    def read(self) -> int:
        """How many rows were read."""
        return self.added + self.known + self.refused

    def count(self, taken: Iterable[Taken]) -> None:
        """Count rows by what became of them."""
        for each in taken:
            setattr(self, each.outcome.value, getattr(self, each.outcome.value) + 1)

    def line(self) -> str:
        """Return the counts as a clause."""
        return f"读 {self.read} 行，新增 {self.added} 件，已有 {self.known} 件，不合格 {self.refused} 行"

    def closing(self, verdict: str) -> str:
        """Return the closing line."""
        where = f"（原因见 {self.rejects}）" if self.refused else ""
        return f"{verdict}：{self.line()}{where}，用时 {time.monotonic() - self.began:.1f} 秒。"


def _take(args: argparse.Namespace, rejects: Path, tally: Tally) -> None:
    from minsheng.cases.orders.imports import actions as imports
    from minsheng.cases.orders.imports import csv as imports_csv
    from minsheng.gateways import clock

    defaults = imports.Defaults(
        type=args.type or "",
        channel=args.channel or "",
        publish=args.publish or "",
        real_name=args.real_name,
        appellant=args.appellant,
    )
    with ExitStack() as stack:
        table = imports_csv.read(args.file, stream=stack.enter_context(imports_csv.open_text(args.file)))
        sink = Rejects(rejects, heading=table.heading, stack=stack)
        for rows in _chunks(islice(table.rows, args.limit)):
            taken = imports.take_in(rows, city=args.city, defaults=defaults, submit=args.submit, now=clock.now())
            tally.count(taken)
            sink.write(taken)
            if tally.read % (5 * CHUNK) == 0:
                print(f"{tally.name}：{tally.line()}…", file=sys.stderr, flush=True)
        sink.finish()


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


class Refusable(Protocol):
    """A row of any import and why it was refused, if it was."""

    @property
    def row(self) -> Row:
        """The row as it stood in the file."""

    @property
    def reason(self) -> str:
        """Why it was refused, in Chinese, or an empty text."""


class Rejects:
    """The file of rows that were not taken, with their lines and reasons; it can be mended and imported again."""

    def __init__(self, path: Path, *, heading: tuple[str, ...], stack: ExitStack) -> None:
        self.path, self.heading, self.stack = path, heading, stack
        self.writer: Any = None

    def write(self, taken: Iterable[Refusable]) -> None:
        """Add the refused rows."""
        for each in taken:
            if each.reason:
                if self.writer is None:
                    self._open()
                cells = [for_spreadsheets(cell.encode("utf-8", "replace").decode()) for cell in each.row.cells]
                self.writer.writerow([each.row.line, each.reason, *cells])

    def finish(self) -> None:
        """Take away what an earlier run left, if this one refused nothing."""
        if self.writer is None and self.path.is_file():
            with self.path.open(encoding="utf-8-sig", errors="replace") as stream:
                ours = stream.readline().startswith(",".join(_MARK))
            if ours:
                self.path.unlink()

    def _open(self) -> None:
        # Letters and telephone numbers stand in it: for the person who imports alone.
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        stream = self.stack.enter_context(os.fdopen(handle, "w", encoding="utf-8-sig", newline=""))
        self.writer = csv.writer(stream)
        self.writer.writerow([*_MARK, *map(for_spreadsheets, self.heading)])
