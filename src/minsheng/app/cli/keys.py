"""`minsheng keys`: take personal data from retired keys to the current one."""

from __future__ import annotations

import argparse
import sys

from minsheng.app.cli import installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `rotate`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="rotate")
    actions.add_parser(
        "rotate",
        help="用现在的密钥重新加密个人信息",
        description="用 MINSHENG_VAULT_KEY 重新加密由 MINSHENG_VAULT_OLD_KEYS 加密的个人信息；"
        "可随时中断、重复执行，不影响办理",
    )


def run(args: argparse.Namespace) -> int:
    """Do it and return 0; 1 when a value cannot be opened."""
    with installation.opened():
        from minsheng.core.people import rotation, vault_keys

        done = rotation.rotate()
        broken = done.seen[1]
        gone = vault_keys.let_go() if not done.moved and not broken else []
    print(f"已用现在的密钥重新加密 {done.moved} 条个人信息。")
    if broken:
        print(
            f"有 {broken} 条个人信息打不开：加密它的密钥不在 MINSHENG_VAULT_OLD_KEYS 中，或数据被改动；"
            "保持原样。请补上旧密钥后再执行；仍打不开的，用 minsheng ledger verify 查明是哪些，从备份中找回。",
            file=sys.stderr,
        )
        return 1
    if gone:
        print(f"旧密钥（编号 {'、'.join(gone)}）已不再使用，可以从 MINSHENG_VAULT_OLD_KEYS 中删去。")
        return 0
    print(
        "未提交的草稿三天内自行清除：换用新密钥满三天后再执行一次，结果为 0 条并提示旧密钥已不再使用，"
        "才能从 MINSHENG_VAULT_OLD_KEYS 中删去旧密钥。"
    )
    return 0
