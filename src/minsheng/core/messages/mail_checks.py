"""What `minsheng doctor` looks at of mail: the file, its cities, whether boxes and server let the platform in."""

from __future__ import annotations

from datetime import datetime

import psycopg
from django.conf import settings

from minsheng.core.features.values import BAD, GOOD, HINT, Finding
from minsheng.core.messages.checks import AGAIN
from minsheng.gateways.mail import configured, fetching, sending
from minsheng.gateways.mail.configured import Mailing
from minsheng.gateways.mail.fetching import BoxAway
from minsheng.gateways.mail.sending import MailAway


def mail(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Return whether the file of mail can be used, its cities exist, and its boxes and server let us in."""
    try:
        found = configured.mailing(settings.MAIL_FILE)
    except configured.MailMisconfigured as fault:
        return [Finding(BAD, f"邮件用不了：{fault.args[0]}", AGAIN)]
    if found is None:
        return []
    return [*_strange_cities(found, connection), *_servers(found)]


def _strange_cities(found: Mailing, connection: psycopg.Connection) -> list[Finding]:
    named = {each.city for each in found.boxes} | {each.city for each in found.pipes}
    there = connection.execute(b"select to_regclass('policies_city') is not null").fetchone()
    if there is None or not there[0]:
        return []
    known = {str(code) for (code,) in connection.execute(b"select code from policies_city")}
    return [Finding(BAD, f"邮件文件中的城市 {each} 不存在：它的来信没有人收", AGAIN) for each in sorted(named - known)]


def _servers(found: Mailing) -> list[Finding]:
    told = []
    for each in found.boxes:
        try:
            fetching.look_at(each.box)
            told.append(Finding(GOOD, f"邮箱“{each.box.name}”可以收信"))
        except BoxAway as away:
            told.append(
                Finding(
                    BAD, f"邮箱“{each.box.name}”打不开（{away.args[0]}）", "请核对地址、端口、加密方式、账号和密码。"
                )
            )
    if found.fax is not None and found.outgoing is None:
        told.append(Finding(BAD, "邮件文件写了 [fax]，没有写 [outgoing]：传真发不出去", AGAIN))
    if found.outgoing is None:
        return [*told, Finding(HINT, "邮件文件没有写 [outgoing]：发给群众的邮件发不出去")]
    try:
        sending.look_at(found.outgoing, found.domain)
        return [*told, Finding(GOOD, "发信服务器可用")]
    except MailAway as away:
        kind = type(away.__cause__).__name__
        return [*told, Finding(BAD, f"发信服务器用不了（{kind}）", "请核对地址、端口、加密方式、账号和密码。")]
