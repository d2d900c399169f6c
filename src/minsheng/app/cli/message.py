"""`minsheng message`: what a city's text messages say, in words of its own from a day on."""

from __future__ import annotations

import argparse
from datetime import date

from minsheng.app.cli import installation


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `list`, `show`, `set` and `reset`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|set|reset")
    list_ = actions.add_parser("list", help="列出发给群众的短信用语", description="列出发给群众的短信用语和现行文字")
    about = "查看一条：各个版本，可以填入的内容，按一件虚构的工单填写的样子"
    show = actions.add_parser("show", help="查看一条短信用语", description=about)
    about = "自某日起用新的文字；--check 只预览，不保存。内容写成 {link} 这样，见 show"
    set_ = actions.add_parser("set", help="改一条短信用语", description=about)
    reset = actions.add_parser("reset", help="恢复原文", description="自某日起恢复系统或规则包的原文")
    for each in (show, set_, reset):
        each.add_argument("kind", metavar="KIND", help="代码，见 list")
    set_.add_argument("words", metavar="TEXT", help="文字")
    set_.add_argument("--check", action="store_true", help="只预览，不保存")
    for each in (set_, reset):
        each.add_argument(
            "--from", dest="starts_on", type=date.fromisoformat, metavar="DATE", help="施行日期，默认今天"
        )
    for each in (list_, show, set_, reset):
        each.add_argument("--city", required=True, metavar="CODE")


def run(args: argparse.Namespace) -> int:
    """Do it and return 0."""
    with installation.opened():
        from minsheng.core.policies import queries as policies

        policies.city(args.city)
        match args.action:
            case "list":
                return _list(args.city)
            case "show":
                return _show(args.city, args.kind)
            case "set" if args.check:
                return _check(args.city, args.kind, args.words)
            case "set":
                return _set(args, args.words)
            case _:
                return _set(args, "")


def _list(city: str) -> int:
    from minsheng.core.messages import templates
    from minsheng.gateways import clock

    for each in templates.standings(city, now=clock.now()):
        version = each.sentence.fixed or (f"第 {each.version} 版" if each.version else "原文")
        print(f"{each.sentence.kind}  {each.sentence.name}（{version}）  {each.sentence.mark}{each.words}")
    return 0


def _show(city: str, kind: str) -> int:
    from minsheng.core.messages import templates
    from minsheng.gateways import clock

    found = templates.standing(city, kind, now=clock.now())
    sentence = found.sentence
    print(f"{sentence.name}：{templates.preview(sentence, found.words)}")
    if sentence.fixed:
        print(f"文字由 {sentence.fixed} 规定，不能修改。")
    for name, value in sentence.example.items():
        print(f"  {{{name}}}  例：{value}{'（必须有）' if name in sentence.needed else ''}")
    for version in found.versions:
        print(f"第 {version.number} 版，自 {version.starts_on} 起：{version.words or '原文'}")
    return 0


def _check(city: str, kind: str, words: str) -> int:
    from minsheng.core.messages import templates
    from minsheng.gateways import clock

    sentence = templates.standing(city, kind, now=clock.now()).sentence
    print(templates.preview(sentence, templates.checked(sentence, words)))
    return 0


def _set(args: argparse.Namespace, words: str) -> int:
    from minsheng.core.ledger.values import ZONE
    from minsheng.core.messages import templates
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    now = clock.now()
    starts_on = args.starts_on or now.astimezone(ZONE).date()
    is_new = templates.set_words(args.city, args.kind, words, starts_on=starts_on, actor=SYSTEM, now=now)
    print(f"已保存，自 {starts_on} 起发送。" if is_new else "与现有的文字相同，没有改动。")
    return 0
