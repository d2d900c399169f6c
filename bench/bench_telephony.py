"""Telephony in virtual time: 40 agents, 10,000 calls; the order, the choice of agents, and every figure recounted.

Goal: 500 calls a second through the floor, many times a big city's busy hour, on one core.
"""

from __future__ import annotations

import time

from bench import ground, telephones

CALLS = ground.sized(10_000)


def run() -> None:
    """Play the calls, check them, and print the figures."""
    from minsheng.domain.telephony import settings

    rules = telephones.rules()
    began = time.process_time()
    day = telephones.play(CALLS, rules=rules)
    took = time.process_time() - began
    wrong = telephones.wrong(day, settings.of(rules))
    for each in wrong[:20]:
        print(each)
    told = telephones.recount(day.lines)
    queued = told["answered"] + told["abandoned"]
    ground.counted("打入并结束的电话", sum(call.stage == "ENDED" for call in day.calls.values()), CALLS)
    ground.counted("次序、选人、指标与独立复算相同（不同的项）", len(wrong), 0)
    ground.goal("话务核心处理来电", CALLS / took, "通/秒", least=500)
    waits = told["wait"] / max(told["answered"], 1), told["abandoned_wait"] / max(told["abandoned"], 1)
    in_time = told["in_time"] / queued, told["in_time"] / (queued - told["short"])
    ground.table(
        f"话务 {CALLS:,} 通，{telephones.AGENTS} 席",
        ("指标", "值"),
        [
            ("接听", f"{told['answered']:,.0f}"),
            ("放弃（其中 5 秒内）", f"{told['abandoned']:,.0f}（{told['short']:,.0f}）"),
            ("15 秒接通率", f"{told['soon'] / queued:.2%}"),
            ("30 秒接通率（全部 / 不计 5 秒内放弃）", f"{in_time[0]:.2%} / {in_time[1]:.2%}"),
            ("平均等待（接听 / 放弃）", f"{waits[0]:.1f} / {waits[1]:.1f} 秒"),
            ("平均通话", f"{told['talk'] / max(told['answered'], 1):.1f} 秒"),
            ("程序 CPU", f"{took:.1f} 秒"),
        ],
    )
