"""How well the check of answers agrees with readers' labels, and how fast check and finder are; prints no text."""

from __future__ import annotations

import csv
import time
from collections import Counter

from bench import ground, letters


def run() -> None:
    """Print precision and recall of "says nothing", how often each rule strikes, and the rate."""
    from minsheng.domain import personal, reply_checks

    _growth()
    folder = letters.folder()
    if folder is None:
        print("   未设置 MINSHENG_SHARED：未测量真实答复。")
        return
    with (folder / "complaints-answered.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    empty = {"0": Counter[str](), "1": Counter[str]()}
    labels = Counter(row["label_substantive"] for row in rows)
    began = time.perf_counter()
    for row in rows:
        found = reply_checks.check(row["答复意见"], appeal=row["留言主题"] + row["留言详情"])
        empty[row["label_substantive"]].update({each.code for each in found})
    seconds = time.perf_counter() - began
    both, wrong = empty["0"]["says_nothing"], empty["1"]["says_nothing"]
    ground.table(
        "答复检查：各项在“言之无物”和其余答复中的比例",
        ("检查项", "言之无物", "其余"),
        [
            (code, f"{empty['0'][code] / labels['0']:.0%}", f"{empty['1'][code] / labels['1']:.0%}")
            for code in reply_checks.CODES
        ],
    )
    print(
        f"  says_nothing：准确率 {both / (both + wrong):.2f}，召回率 {both / labels['0']:.2f}（阈值在同一批数据上选定）"
    )
    print(f"  {len(rows)} 条答复，每条 {seconds / len(rows) * 1000:.2f} 毫秒")
    began = time.perf_counter()
    kinds = Counter(span.kind for row in rows for span in personal.find(row["留言详情"]))
    print(f"  来信中的个人信息：{dict(kinds)}，每封 {(time.perf_counter() - began) / len(rows) * 1000:.2f} 毫秒")


# Texts made to take long: repeated pieces with which a badly written pattern looks back again and again.
_PIECES = ("1", "一", "3栋 ", "1-", "住", "地址", "a@", "姓名：", "已", "《", "320500199001011234", " 1")


def _growth() -> None:
    """Print what four times the text costs; more than eight times the work is a fault."""
    from minsheng.domain import personal, reply_checks

    worst = 0.0
    for piece in _PIECES:
        spent = []
        for length in (5_000, 20_000):
            text = piece * (length // len(piece))
            began = time.process_time()
            personal.mask(text, personal.find(text))
            reply_checks.check(text, appeal=text)
            spent.append(time.process_time() - began)
        worst = max(worst, spent[1] / max(spent[0], 0.001))
    print(f"  为拖慢检查而写的文字：长四倍，处理器用时至多 {worst:.1f} 倍（目标不超过 8 倍）")
    ground.goal("为拖慢检查而写的文字，长四倍时的用时", worst, "倍", under=8)
    if worst > 8:
        raise AssertionError(f"the check of a text grows faster than the text: {worst:.1f} times for four times")
