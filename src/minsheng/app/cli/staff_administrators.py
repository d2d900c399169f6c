"""`minsheng staff administrators`: the three persons who run a city, asked for one by one or named as options."""

from __future__ import annotations

import argparse
import secrets
import sys
from typing import Any, Final

from minsheng import wording
from minsheng.domain.actors import ADMINISTRATORS
from minsheng.domain.rejected import Rejected

_OPTIONS: Final = {"admin": "admin", "security_admin": "security", "audit_admin": "audit"}


def add_arguments(actions: Any) -> None:
    """Declare `administrators`."""
    about = (
        "登记本市还缺的系统管理员（人员、设置）、安全管理员（锁定、第二因素、地址、告警）、审计管理员（只看记录）。"
        "须是三个不同的人；不写选项则逐一询问。各生成一个密码，只显示一次"
    )
    parser = actions.add_parser("administrators", help="登记三类管理员，各一人", description=about)
    parser.add_argument("city", metavar="CITY", help="城市代码")
    for role, option in _OPTIONS.items():
        parser.add_argument(f"--{option}", dest=role, metavar="账号=姓名", help=wording.ROLES[role])


def run(args: argparse.Namespace) -> int:
    """Add the accounts that the city lacks and print their passwords; raise Rejected when it can't be done."""
    given = {role: text for role in ADMINISTRATORS if (text := getattr(args, role))}
    return appoint(args.city, given)


def appoint(city: str, given: dict[str, str]) -> int:
    """Add the administrators that a city lacks: those given as `account=name`, or who is named at the keyboard.

    Raises: Rejected.
    """
    from minsheng.core.people import administrators
    from minsheng.core.policies import queries as policies
    from minsheng.domain.actors import SYSTEM
    from minsheng.gateways import clock

    policies.city(city)
    lacking = administrators.missing(city, now=clock.now())
    if not given and lacking:
        given = {role: _asked(role) for role in lacking}
    appointees = [_appointee(role, text) for role, text in given.items()]
    administrators.appoint(city, appointees, actor=SYSTEM, now=clock.now())
    for each in appointees:
        print(f"{wording.ROLES[each.role]}  {each.username}  {each.name}  {each.password}")
    print("密码只显示这一次，请分别交给本人，登录后修改。", file=sys.stderr)
    return 0


def _asked(role: str) -> str:
    """Return what is typed; the prompt goes where it is seen when the passwords go into a file."""
    parts = []
    for what in ("账号", "姓名"):
        print(f"{wording.ROLES[role]}的{what}：", end="", file=sys.stderr, flush=True)
        parts.append(sys.stdin.readline().strip())
    return "=".join(parts)


def _appointee(role: str, text: str) -> Any:
    from minsheng.core.people.administrators import Appointee

    username, sign, name = (part.strip() for part in text.partition("="))
    if not (username and sign and name):
        raise Rejected("administrator_unnamed", role=role)
    return Appointee(role, username, name, made_password())


def made_password() -> str:
    """Return a password that every policy takes."""
    return f"{secrets.token_urlsafe(12)}-Aa1"
