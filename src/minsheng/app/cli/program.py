"""`minsheng program`: let programs of others serve citizens by `/api/public/`. Token and secret are shown once."""

from __future__ import annotations

import argparse
import sys

from minsheng.app.cli import installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `serve` and `end`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="serve|end")
    about = "开通一个公众应用，打印其令牌和推送密钥（只显示这一次）；再次开通即更换"
    serve = actions.add_parser("serve", help=about, description=about)
    serve.add_argument("name", metavar="NAME", help="应用名称，在本城市内唯一")
    serve.add_argument("--city", required=True, help="城市代码，例如 suqian")
    serve.add_argument("--channel", required=True, help="规则包中的受理渠道代码，例如 app")
    serve.add_argument("--webhook", default="", help="接收推送的 https 网址；不给出则不推送")
    end = actions.add_parser("end", help="停用一个公众应用", description="停用一个公众应用")
    end.add_argument("name", metavar="NAME")
    end.add_argument("--city", required=True)


def run(args: argparse.Namespace) -> int:
    """Let a program serve, or end it, and return 0 when done."""
    with installation.opened():
        from minsheng import wording
        from minsheng.domain.actors import SYSTEM
        from minsheng.domain.rejected import Rejected
        from minsheng.gateways import clock
        from minsheng.public.apps import actions

        now = clock.now()
        if args.action == "end":
            if actions.end(args.city, args.name, actor=SYSTEM, now=now):
                return 0
            print(f"城市 {args.city} 没有在用的公众应用“{args.name}”。", file=sys.stderr)
            return 1
        try:
            keys = actions.serve(
                args.city, args.name, channel=args.channel, webhook=args.webhook, actor=SYSTEM, now=now
            )
        except Rejected as refused:
            print(wording.say(refused), file=sys.stderr)
            return 1
        print(f"令牌 {keys.token}\n推送密钥 {keys.secret}")
        print("请立即保存：只显示这一次，此前的令牌和密钥已失效。", file=sys.stderr)
        return 0
