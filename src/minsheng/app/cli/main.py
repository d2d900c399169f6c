"""The `minsheng` command: a table of names, each a module that is imported when it is called.

So `rehearse` and `pack` never load Django, and a module that is not there yet hurts no other. A command's module has
`add_arguments(parser)` and `run(args) -> int`.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import re
import sys
from importlib import metadata
from typing import Protocol, cast

from minsheng import wording
from minsheng.app.cli import mishaps, sentences
from minsheng.domain.rejected import Rejected

COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("minsheng.app.cli.serve", "启动整个平台：数据库、网页、后台任务、时限巡查"),
    "web": ("minsheng.app.cli.web", "只运行网页（--streams 只运行实时消息），由别的程序看护时用"),
    "work": ("minsheng.app.cli.work", "只运行后台任务进程（通知、投影等），可运行多个"),
    "jobs": ("minsheng.app.cli.jobs", "只运行作业进程（短信、统计、报告取数、清理），可运行多个"),
    "calls": ("minsheng.app.cli.calls", "只运行话务进程（来电、座席、回拨），可运行多个；demo 打入演示电话"),
    "switch": ("minsheng.app.cli.switch", "写出电话交换机（Asterisk、FreeSWITCH）的配置：中继、话机、备用流程"),
    "gateway": ("minsheng.app.cli.gateway", "只运行短信网关进程（SMPP、CMPP 会话），可运行多个"),
    "sweep": ("minsheng.app.cli.sweep", "只运行时限巡查进程，可运行多个"),
    "migrate": ("minsheng.app.cli.migrate", "建立或升级数据库表结构"),
    "demo": ("minsheng.app.cli.demo", "写入演示城市；--reset 重新开始"),
    "install": ("minsheng.app.cli.install", "为本机写出 systemd 单元、nginx 站点和设置文件"),
    "doctor": ("minsheng.app.cli.doctor", "检查运行环境，说明哪里不对、怎么办"),
    "review": ("minsheng.app.cli.review", "从文件导入好差评"),
    "probe": ("minsheng.app.cli.probe", "从平台以外的机器探测平台，算出可用率，登记中断"),
    "audit": ("minsheng.app.cli.audit", "把事实、拒绝和封存发给日志服务器，比对它保存的副本"),
    "backup": ("minsheng.app.cli.backup", "备份：数据库日志实时接收，基础备份，附件；列出备份"),
    "restore": ("minsheng.app.cli.restore", "从备份恢复；恢复演练，报告会丢失多少、要用多久"),
    "database": ("minsheng.app.cli.database", "对数据库运行 psql、pg_dump 等工具（写在 -- 之后）"),
    "rehearse": ("minsheng.app.cli.rehearse", "在内存中推演办件剧本"),
    "pack": ("minsheng.app.cli.pack", "检查、查看、比较规则包"),
    "ledger": ("minsheng.app.cli.ledger", "核验事实总账，重建投影"),
    "import": ("minsheng.app.cli.imports", "从 CSV 文件批量导入诉求"),
    "city": ("minsheng.app.cli.city", "开通城市，设定层级和上级平台，列出城市"),
    "unit": ("minsheng.app.cli.unit", "登记承办单位、联系人"),
    "region": ("minsheng.app.cli.region", "导入区划及代码，设定各单位服务的区划"),
    "place": ("minsheng.app.cli.place", "导入地点（小区、医院、学校等），登记诉求时选用"),
    "roster": ("minsheng.app.cli.roster", "导入各单位的值班表，列出没有安排值班的单位"),
    "expert": ("minsheng.app.cli.expert", "登记专家的领域、任期、推荐单位，列出在任专家"),
    "shift": ("minsheng.app.cli.shift", "安排热线席位的班次，列出无人当班的时段"),
    "monitoring": ("minsheng.app.cli.monitoring", "由总账重新计数电子监察，与现有计数比对"),
    "supervision": ("minsheng.app.cli.supervision", "推算今日将建议督办的工单"),
    "message": ("minsheng.app.cli.message", "查看、修改发给群众的短信用语"),
    "snippet": ("minsheng.app.cli.snippet", "管理全市和各单位的常用语"),
    "staff": ("minsheng.app.cli.staff", "登记工作人员，管理角色和密码"),
    "repair": ("minsheng.app.cli.repair", "补正旧版本留下的工单：保密等要求没有带到子单的"),
    "keys": ("minsheng.app.cli.keys", "更换密钥后重新加密个人信息"),
    "calendar": ("minsheng.app.cli.calendar", "查看、装入工作日历"),
    "simulate": ("minsheng.app.cli.simulate", "模拟一座城市一年的事实，直接写入数据湖"),
    "lake": ("minsheng.app.cli.lake", "导出事实到数据湖，核验、查看数据湖"),
    "report": ("minsheng.app.cli.report", "由数据湖生成年度发布的各表"),
    "clauses": ("minsheng.app.cli.clauses", "生成条款与代码、测试的对照页"),
    "wechat": ("minsheng.app.cli.wechat", "公众号、企业微信、支付宝生活号的菜单"),
    "client": ("minsheng.app.cli.client", "管理接口调用方及其令牌"),
    "program": ("minsheng.app.cli.program", "开通和停用公众应用（/api/public/）"),
}

REFUSED = 2
FAULT = 1


class Command(Protocol):
    """What a command's module offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's own arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it and return the exit status."""


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 not done, 2 not understood."""
    words = sys.argv[1:] if argv is None else argv
    if any(not _is_text(word) for word in words):
        print("命令行里有不是 UTF-8 编码的字，没有执行。请把终端的编码改为 UTF-8 后重试。", file=sys.stderr)
        return REFUSED
    if not words or words[0] in {"-h", "--help"}:
        print(_overview())
        return 0 if words else REFUSED
    if words[0] in {"-V", "--version"}:
        print(f"minsheng {metadata.version('minsheng')}")
        return 0
    name, rest = words[0], words[1:]
    if name not in COMMANDS:
        print(f"没有名为“{name}”的命令。\n\n{_overview()}", file=sys.stderr)
        return REFUSED
    module_name, summary = COMMANDS[name]
    if importlib.util.find_spec(module_name) is None:
        print(f"本安装不含命令“{name}”（缺少模块 {module_name}）。请重新安装完整的程序包。", file=sys.stderr)
        return FAULT
    command = module_of(name)
    parser = Parser(prog=f"minsheng {name}", description=summary)
    command.add_arguments(parser)
    args = parser.parse_args(rest)
    try:
        return command.run(args)
    except BrokenPipeError:
        # The reader has seen enough (`| head`): no fault, and Python must not complain while it closes.
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    except Rejected as refusal:
        print(wording.say(refusal), file=sys.stderr)
        return FAULT
    except Exception as fault:
        mishap = mishaps.named(fault)
        if mishap is None:
            raise
        print(sentences.say(*mishap), file=sys.stderr)
        return FAULT


def module_of(name: str) -> Command:
    """Return the module of a command."""
    return cast(Command, importlib.import_module(COMMANDS[name][0]))


def _is_text(word: str) -> bool:
    """Tell whether a word came in the encoding of the program; what did not stands in it as lone surrogates."""
    return word.isprintable() or not any("\ud800" <= letter <= "\udfff" for letter in word)


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks Chinese to the person at the keyboard."""

    def __init__(self, *, prog: str | None = None, description: str | None = None) -> None:
        # Without `description` argparse makes it, for the subcommands of a command.
        super().__init__(
            prog=prog, description=description, add_help=False, formatter_class=argparse.RawTextHelpFormatter
        )
        self.add_argument("-h", "--help", action="help", help="显示本说明")
        self._positionals.title = "参数"
        self._optionals.title = "选项"

    def error(self, message: str) -> None:  # type: ignore[override]
        """Say what was not understood and how the command is called, then leave."""
        print(f"命令写法不对：{_in_chinese(message)}\n\n{self.format_help()}", file=sys.stderr)
        raise SystemExit(REFUSED)

    def format_help(self) -> str:
        """Return the help with its fixed words in Chinese."""
        return super().format_help().replace("usage:", "用法：", 1)


# What argparse says, and how it is said here; anything else is shown as it is.
_MISTAKES = (
    (r"the following arguments are required: (.+)", r"缺少参数 \1"),
    (r"unrecognized arguments: (.+)", r"不认识的参数 \1"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", r"\1 不能是 \2，可选 \3"),
    (r"argument (.+?): (的值 .+)", r"\1 \2"),
    (r"argument (.+?): invalid int value: (.+)", r"\1 的值 \2 不是整数"),
    (r"argument (.+?): invalid \w+ value: (.+)", r"\1 的值 \2 不符合要求"),
    (r"argument (.+?): expected (?:one|at least one) argument", r"\1 后面缺少值"),
    (r"argument (.+?): ignored explicit argument (.+)", r"\1 后面不应有值 \2"),
    (r"argument (.+?): not allowed with argument (.+)", r"\1 不能与 \2 同时使用"),
    (r"one of the arguments (.+) is required", r"必须写明其中一个：\1"),
    (r"ambiguous option: (.+?) could match (.+)", r"\1 不明确，可能是 \2"),
)


def _in_chinese(message: str) -> str:
    for pattern, sentence in _MISTAKES:
        if re.fullmatch(pattern, message):
            return re.sub(pattern, sentence, message)
    return message


def _overview() -> str:
    width = max(map(len, COMMANDS)) + 2
    lines = ["用法：minsheng 命令 [参数]", "", "命令："]
    lines += [f"  {name.ljust(width)}{summary}" for name, (_, summary) in COMMANDS.items()]
    lines += ["", "每个命令的参数：minsheng 命令 --help"]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
