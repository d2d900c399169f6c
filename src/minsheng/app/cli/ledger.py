"""`minsheng ledger`: verify the chains and seals; rebuild the projections, or only compare them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from minsheng.app.cli import installation

if TYPE_CHECKING:
    from minsheng.core.ledger.verification import Fault
    from minsheng.core.ledger.witnesses import Compared

_WRONG = {
    "hash": "内容与哈希不符（这一行被改动过）",
    "link": "与前一事实的链接不符（前一行被改动或替换过）",
    "gap": "版本不连续（前面的事实缺失）",
    "seal": "封存段内的事实数量或内容不符（有事实被删除、添加，或整条被改写）",
    "refusal": "封存的拒绝记录数量或内容不符（有记录被改动、删除或添加）",
    "entry": "流水的数量或内容不符（有流水被改动、删除或添加）",
}
_ALTERED = {
    "appeal_missing": "诉求原文缺失",
    "words": "诉求的标题、内容、地点、被反映人或来源与登记时不符",
    "appellant": "诉求人与登记时不符",
    "category": "诉求分类与记录不符",
    "title": "工单标题与诉求标题不符",
    "order_row": "工单编号或登记人与登记时不符",
    "additions": "诉求人补充的内容与记录不符（有改动、删除或添加）",
    "attachment": "附件的登记信息与上传时不符，或缺失",
    "attachment_name": "附件名称与上传时不符",
    "file": "附件文件的内容与上传时不符，或文件缺失",
    "public_text": "公开文本与审核确认的不符",
    "public_file": "公开的图片或视频与审核确认的不符",
    "public_case": "“办理公开”中的案件与确认的内容不符（可用 minsheng ledger rebuild 重建）",
    "report_missing": "报告缺失",
    "figures": "报告的数字与取数时不符",
    "report_words": "报告的文字与编写时不符",
    "document": "已报送的报告文件与报送时不符",
    "instructions": "报告上的批示与记录不符",
    "cell": "个人信息无法解开（被改动、与其他行调换，或缺少密钥）",
    "cell_index": "个人信息与其检索值不符（有一项被改动、调换或删除）",
    "stranger": "总账中没有这一项的任何事实（是绕过程序写入的）",
}
_SHOWN_AT_MOST = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `verify` and `rebuild`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="verify|rebuild")
    verify = actions.add_parser(
        "verify",
        help="逐条重算哈希链和封存链，并核对诉求原文、附件、公开文本、报告和个人信息，指出不符之处",
        description="逐条重算哈希链和封存链，并核对诉求原文、附件、公开文本、报告和个人信息，指出不符之处",
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
    from minsheng.core.ledger import verification, witnesses

    report = verification.verify(stream=stream)
    seen = f"核验了 {report.events} 条事实、{report.streams} 条流、{report.seals} 个封存段"
    if report.entries:
        seen += f"、{report.entries} 条流水"
    if report.events == report.entries == 0 and stream is not None:
        print(f"没有名为 {stream} 的流。")
        return 1
    if report.fault is None:
        print(f"{seen}：全部一致。")
    else:
        _say_fault(report.fault, seen)
    kept = _compare(witnesses.compare_all(stream=stream))
    return 1 if report.fault is not None else kept


def _compare(kept: Compared) -> int:
    """Say what is kept otherwise than the ledger has it; return 1 when something is."""
    print(f"对照了 {kept.streams} 条流的诉求原文、附件、公开文本和报告，以及全部个人信息：", end="")
    print(f"{len(kept.altered)} 处不符。" if kept.altered else "全部一致。")
    for each in kept.altered[:_SHOWN_AT_MOST]:
        print(f"  流 {each.stream}：{_ALTERED[each.what]}")
    if len(kept.altered) > _SHOWN_AT_MOST:
        print(f"  ……其余 {len(kept.altered) - _SHOWN_AT_MOST} 处未列出。")
    if kept.altered:
        print("请保留现场，核对数据库和文件的备份、访问记录，从备份中找回原文。")
    if kept.unbound:
        print(f"其中 {kept.unbound} 条由旧版本登记，总账中没有标题、地点或附件名称的摘要，这几项不能核对。")
    return 1 if kept.altered else 0


def _say_fault(fault: Fault, seen: str) -> None:
    if fault.what == "seal":
        where = f"自位置 {fault.position} 起的封存段"
    elif fault.what == "refusal":
        where = f"自第 {fault.position} 条起的拒绝记录（ledger_refusal）"
    elif fault.what == "entry":
        where = f"自第 {fault.position} 条起的流水（ledger_entry）"
    else:
        where = f"位置 {fault.position}，流 {fault.stream}，第 {fault.version} 条"
    print(f"{seen}。第一处不符：{where}：{_WRONG[fault.what]}。请保留现场，核对数据库备份和访问记录。")


def _rebuild(*, check: bool) -> int:
    from minsheng.core.ledger import verification

    changed = 0
    for name, counts in verification.rebuild(check=check).items():
        verb = "不符" if check else "改正"
        print(f"{name}：比较 {counts.compared} 行，{verb} {counts.changed} 行。")
        changed += counts.changed
    return 1 if check and changed else 0
