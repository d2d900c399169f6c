"""Every real letter through its whole life, a third of them under each pack; only where `MINSHENG_SHARED` is set."""

from __future__ import annotations

from bench import ground, letters


def run() -> None:
    """Print what came of the letters, and at which rate. Raises: AssertionError when one is not closed in time."""
    from minsheng.ledger import verification

    messages = letters.folder()
    if messages is None:
        print("   未设置 MINSHENG_SHARED：未测量真实来信。")
        return
    lives = []
    with letters.standing_clock() as set_clock:
        for place, pack in enumerate(letters.PACKS):
            share = (place, len(letters.PACKS))
            lives.append(letters.live(pack, messages=messages, set_clock=set_clock, share=share))
    rows = [
        (
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
        for life in lives
    ]
    head = ("规则包", "来信", "重复", "不合格", "办结", "违规", "导入", "接口请求", "请求", "共")
    ground.table("真实来信：导入、交办、签收、答复、审核、回访、办结", head, rows)
    report = verification.verify()
    print(f"  总账：{report.events} 条事实，{'全部一致' if report.fault is None else report.fault}")
    for life in lives:
        assert life.closed == life.letters - life.known, life.refused[:3]
        assert life.breaches == 0
    assert report.fault is None
