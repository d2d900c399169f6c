"""`minsheng ledger`: verify the chains and seals; rebuild the projections, or only compare them."""

from __future__ import annotations

import argparse

from minsheng.cli import installation

_WRONG = {
    "hash": "内容与哈希不符（这一行被改动过）",
    "link": "与前一事实的链接不符（前一行被改动或替换过）",
    "gap": "版本不连续（前面的事实缺失）",
    "seal": "封存段内的事实数量或内容不符（有事实被删除、添加，或整条被改写）",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `verify` and `rebuild`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="verify|rebuild")
    verify = actions.add_parser(
        "verify", help="逐条重算哈希链和封存链，指出第一处不符", description="逐条重算哈希链和封存链，指出第一处不符"
    )
    verify.add_argument("--stream", metavar="流", help="只核验一条流，例如 order/…")
    rebuild = actions.add_parser(
        "rebuild", help="由事实重建各投影，报告比较和改正的行数", description="由事实重建各投影，报告比较和改正的行数"
    )
    rebuild.add_argument("--check", action="store_true", help="只比较，不改正")


def run(args: argparse.Namespace) -> int:
    """Run the action and return 0 when all is well, 1 when something differs."""
    with installation.opened():
        return _verify(args.stream) if args.action == "verify" else _rebuild(check=args.check)


def _verify(stream: str | None) -> int:
    from minsheng.ledger import verification

    report = verification.verify(stream=stream)
    seen = f"核验了 {report.events} 条事实、{report.streams} 条流、{report.seals} 个封存段"
    if report.events == 0 and stream is not None:
        print(f"没有名为 {stream} 的流。")
        return 1
    if report.fault is None:
        print(f"{seen}：全部一致。")
        return 0
    fault = report.fault
    if fault.what == "seal":
        where = f"自位置 {fault.position} 起的封存段"
    else:
        where = f"位置 {fault.position}，流 {fault.stream}，第 {fault.version} 条"
    print(f"{seen}。第一处不符：{where}：{_WRONG[fault.what]}。请保留现场，核对数据库备份和访问记录。")
    return 1


def _rebuild(*, check: bool) -> int:
    from minsheng.ledger import verification

    changed = 0
    for name, counts in verification.rebuild(check=check).items():
        verb = "不符" if check else "改正"
        print(f"{name}：比较 {counts.compared} 行，{verb} {counts.changed} 行。")
        changed += counts.changed
    return 1 if check and changed else 0
