"""`minsheng wechat`: what the accounts that MINSHENG_WECHAT_FILE names show to people."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from minsheng.app.cli import installation
from minsheng.gateways import clock
from minsheng.gateways.sms import SmsRefused
from minsheng.gateways.wechat import carrier, file
from minsheng.gateways.wechat.api import Api
from minsheng.gateways.wechat.values import Account, WechatAway, WechatMisconfigured

VARIABLE = "MINSHENG_WECHAT_FILE"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `menu`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="menu")
    about = "把配置文件里写的菜单发布到账号；已有的菜单被替换"
    menu = actions.add_parser("menu", help="发布菜单", description=about)
    menu.add_argument("account", metavar="NAME", help=f"{VARIABLE} 所指文件里的账号名")


def run(args: argparse.Namespace) -> int:
    """Do it and return 0; 1 with the reason where it was not done."""
    found = _account(args.account)
    if isinstance(found, str):
        print(found, file=sys.stderr)
        return 1
    if not found.menu:
        print(f"账号“{found.name}”没有写 menu，没有执行。", file=sys.stderr)
        return 1
    with installation.opened():
        from minsheng.core.messages.platforms import Keeper

        try:
            Api(found, carrier.http(), Keeper(clock.now)).show_menu()
        except (WechatAway, SmsRefused) as fault:
            number = f"（返回码 {fault.number}）" if isinstance(fault, WechatAway) and fault.number != "" else ""
            print(f"平台没有接受菜单{number}，请核对账号的密钥、权限和本机出口 IP 白名单。", file=sys.stderr)
            return 1
    print(f"已发布菜单：{'、'.join(each.name for each in found.menu)}。")
    return 0


def _account(name: str) -> Account | str:
    """Return the account, or why there is none."""
    given = os.environ.get(VARIABLE, "")
    if not given:
        return f"没有设置环境变量 {VARIABLE}，没有执行。"
    try:
        known = file.accounts(Path(given))
    except WechatMisconfigured as fault:
        return str(fault.args[0])
    found = next((each for each in known if each.name == name), None)
    return found or f"文件 {given} 中没有名为“{name}”的账号，现有：{'、'.join(each.name for each in known)}。"
