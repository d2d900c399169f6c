"""Every real letter through its whole life, a third of them under each pack; only where `MINSHENG_SHARED` is set."""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor

from bench import ground, letters

HEAD = ("规则包", "来信", "重复", "不合格", "办结", "违规", "导入", "接口请求", "请求", "用时")


def run(*, most: int = 0) -> None:
    """Print what came of the letters, and at which rate. Raises: AssertionError when one is not closed in time."""
    from minsheng.core.ledger import verification

    if letters.folder() is None:
        print("   未设置 MINSHENG_SHARED：未测量真实来信。")
        return
    began = time.perf_counter()
    # A process a pack: each has a clock of its own, and a second processor has something to do.
    with ProcessPoolExecutor(len(letters.PACKS), mp_context=multiprocessing.get_context("spawn")) as pool:
        lives = list(pool.map(_of_pack, letters.PACKS, [most] * len(letters.PACKS)))
    seconds = time.perf_counter() - began
    ground.table("真实来信：导入、交办、签收、答复、审核、回访、办结", HEAD, [_row(life) for life in lives])
    requests = sum(life.requests for life in lives)
    print(f"  共 {requests} 次接口请求，{seconds:.0f} 秒，{requests / seconds:.0f} 次/秒（{os.cpu_count()} 个处理器）")
    report = verification.verify()
    print(f"  总账：{report.events} 条事实，{'全部一致' if report.fault is None else report.fault}")
    for life in lives:
        ground.counted(f"办结的来信（{life.pack}）", life.closed, life.letters - life.known)
        assert life.closed == life.letters - life.known, life.refused[:3]
        assert life.breaches == 0
    assert report.fault is None


def _of_pack(pack: str, most: int) -> letters.Life:
    import django

    django.setup()
    messages = letters.folder()
    assert messages is not None
    share = (letters.PACKS.index(pack), len(letters.PACKS))
    with letters.standing_clock() as set_clock:
        return letters.live(pack, messages=messages, set_clock=set_clock, share=share, most=most)


def _row(life: letters.Life) -> tuple[object, ...]:
    return (
        life.pack,
        life.letters,
        life.known,
        len(life.refused),
        life.closed,
        life.breaches,
        f"{life.letters / life.import_seconds:.0f}/s",
        life.requests,
        f"{life.requests / life.handling_seconds:.0f}/s",
        f"{life.handling_seconds + life.import_seconds:.0f} s",
    )
