"""What somebody sent, on PostgreSQL, over `domain.channels`; addresses and words are kept sealed (`core.words`).

What answers a rating that was asked of the sender goes to its order; what surely is about an order is added there; all
else waits for a seat, with nothing lost. Source: SQ-10.5a, SQ-10.1, JY-2a, JY-9.6, SZ-15.5a.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.incoming import belongings, carrying
from minsheng.cases.incoming.belongings import Found
from minsheng.cases.incoming.models import Incoming
from minsheng.cases.incoming.values import Arrived
from minsheng.cases.orders.reading import finding
from minsheng.cases.orders.storage import queries
from minsheng.core.files import queries as files
from minsheng.core.ledger import actions as ledger
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Held, Kind, Labels, Readers
from minsheng.core.people import queries as people
from minsheng.core.people import vault
from minsheng.core.people.vault import BadPhone
from minsheng.core.policies import queries as policies
from minsheng.core.reach import queries as reach
from minsheng.core.words import actions as words
from minsheng.core.words import queries as words_of
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.channels import incoming
from minsheng.domain.channels.incoming import (
    ADDED,
    ADVERTISING,
    ON_PAPER,
    REGISTERED,
    SMS,
    CloseIncoming,
    ReceiveIncoming,
    RecordLetter,
    TakeIncoming,
)
from minsheng.domain.covering import covered
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways import ids
from minsheng.gateways.wechat import values as wechat

__all__ = ["KIND", "sender_indexes", "take"]

# What is counted to know how often somebody wrote lately.
_PHONE: Final = "phone"
_WORDS: Final = ("source_no", "text", "phone", "sender", "subject", "quoted")
# So many letters of it stand in lists.
_HEADED: Final = 40
# Their series of numbers in the register, one a year.
_REGISTERS: Final = {"letter": "信函", "visit": "来访"}


def take(arrived: Arrived, *, city: str, now: datetime) -> UUID | None:
    """Take something from its channel, and do what it clearly asks; None for what came before.

    Raises: ScannerAway where it has files and nobody looks at them now: it is to be brought again.
    """
    arrived = _entered(arrived)
    id = ids.uuid7(now)
    stream = KIND.stream(id)
    if KIND.rows_in(city, source_no=arrived.source_no).exists():
        return None
    fit, refused = carrying.looked_at(arrived.files, stream=stream, city=city, now=now)
    with transaction.atomic():
        # Two that bring it at once: the second finds the first's.
        ledger.hold(f"incoming {arrived.source_no} {city}")
        if KIND.rows_in(city, source_no=arrived.source_no).exists():
            return None
        found = belongings.carry_out(arrived, city=city, now=now)
        is_aside = arrived.aside or found.note == ADVERTISING
        command = incoming.ReceiveIncoming(
            source_no=arrived.source_no, channel=arrived.channel, phone=arrived.phone, sender=arrived.sender,
            subject=arrived.subject, text=arrived.text, quoted=arrived.quoted, refused="\n".join(refused),
            note=found.note, aside=is_aside, checked=arrived.checked,
        )  # fmt: skip
        lifecycles.begin(KIND, command, city=city, by=SYSTEM, now=now, made=lambda _: _row(id, arrived, city), id=id)
        carrying.keep(fit, stream=stream, city=city, now=now)
        if found.taken is not None:
            _give(id, found.taken, city=city, now=now)
            _settle_earlier(arrived, found.taken, city=city, now=now)
        elif found.between:
            _ask_which(id, found, city=city, now=now)
    return id


def is_known(source_no: str, *, city: str) -> bool:
    """Tell whether something came before."""
    return KIND.rows_in(city, source_no=source_no).exists()


def _entered(arrived: Arrived) -> Arrived:
    """Return it without what no document can hold, from whatever channel it came."""
    said: dict[str, Any] = {name: kept_of(cleaned(getattr(arrived, name))) for name in _WORDS}
    files_ = tuple(replace(each, name=kept_of(cleaned(each.name))) for each in arrived.files)
    return replace(arrived, **said, files=files_)


def _give(id: UUID, taken: TakeIncoming, *, city: str, now: datetime) -> None:
    lifecycles.apply(KIND, id, taken, city=city, by=SYSTEM, now=now)


def _settle_earlier(arrived: Arrived, taken: TakeIncoming, *, city: str, now: datetime) -> None:
    """Take what the sender wrote before and was asked about, once a later message says which order is meant."""
    if taken.outcome != incoming.RATED:
        return
    earlier = KIND.rows_in(city, note="several", status=incoming.WAITING, sender_index__in=_indexes(arrived, city))
    for row in earlier.order_by("id"):
        _give(row.pk, taken, city=city, now=now)


def _ask_which(id: UUID, found: Found, *, city: str, now: datetime) -> None:
    """Ask by the same channel which of several orders a grade is meant for; their numbers' ends tell them apart."""
    ends = "、".join(number[-6:] for number in found.between)
    text = _(
        "您有{count}件诉求等待评价，请回复评价数字和工单编号后六位，例如“1 {example}”。后六位分别为：{ends}。"
    ).format(count=len(found.between), example=found.between[0][-6:], ends=ends)
    lifecycles.apply(KIND, id, incoming.AskSender(text=text), city=city, by=SYSTEM, now=now)


def sender_indexes(*, channel: str, address: str, city: str) -> list[bytes]:
    """Return what the things that came from an address are found by. An address that is none gives nothing."""
    if channel == SMS:
        try:
            return vault.phone_indexes(vault.phone_in(city, address), city=city)
        except BadPhone:
            return [vault.blind_index(_PHONE, address, city=city, key=key) for key in vault.keyring().all]
    return reach.indexes(channel, reach.normal(channel, address), city=city)


def _indexes(arrived: Arrived, city: str) -> list[bytes]:
    address = arrived.sender or arrived.phone
    channel = arrived.channel if arrived.sender else SMS
    return sender_indexes(channel=channel, address=address, city=city) if address else []


def _row(id: UUID, arrived: Arrived, city: str) -> Incoming:
    row = opened(id, city)
    row.sender_index = next(iter(_indexes(arrived, city)), None)
    return row


def _known(asked: Asked) -> incoming.Known:
    if isinstance(asked.command, ReceiveIncoming | RecordLetter) and asked.command.channel in ON_PAPER:
        word, id = _REGISTERS[asked.command.channel], ids.uuid7(asked.now)
        return incoming.Known(register_no=numbers.next_of(Incoming, word, id=id, city=asked.city))
    number = getattr(asked.command, "number", "")
    if not number:
        return incoming.Known()
    try:
        return incoming.Known(queries.find(number, actor=asked.by, city=asked.city).id)
    except Rejected:
        return incoming.Known()


def _columns(state: incoming.Incoming) -> dict[str, Any]:
    shown = {"source_no": state.source_no, "order": state.order, "channel": state.channel, "note": state.note}
    # What stands in the register of letters or visits is filed under its number there.
    return shown | ({"number": state.register_no} if state.register_no else {})


def opened(id: UUID, city: str) -> Incoming:
    """Return the row of something new, with a number."""
    return Incoming(id=id, city_id=city, number=numbers.next_of(Incoming, "来信", id=id, city=city))


def _follow(held: Held[Any], command: Any, by: Actor) -> None:
    """Let the order have the words and the files of what went there. Raises: Rejected, where it takes no addition."""
    order, stream = held.state.order, KIND.stream(held.row.pk)
    if not order or not isinstance(command, TakeIncoming | CloseIncoming):
        return
    if isinstance(command, CloseIncoming) and command.outcome == ADDED:
        said = words_of.of(stream).get(1, {})
        sender = Arrived(
            source_no="",
            text="",
            channel=held.state.channel,
            phone=said.get("phone", ""),
            sender=said.get("sender", ""),
        )
        if order not in belongings.orders_of(sender, city=held.city):
            # As an addition it would be the appellant's own words, and shown to them.
            raise Rejected("sender_is_another")
        belongings.add(order, said.get("text") or said.get("subject", ""), now=held.now)
    if command.outcome in (ADDED, REGISTERED):
        carrying.hand_on(stream, order, city=held.city, actor=by, now=held.now)


def _beside(row: Any, actor: Actor) -> list[tuple[str, str]]:
    """Return the order that it went to, as far as it exists for the actor; the files; the way to register it."""
    found = finding.of_ids(actor, city=row.city_id, ids=[row.order]) if row.order else []
    links = [(order.number, reverse("desks:order", args=(order.id,))) for order in found]
    for file in files.of_stream(KIND.stream(row.pk)) if is_readable(row, actor) else ():
        # A scan or a fax is read on a page, which has the file itself too.
        page = "desks:incoming_sheets" if file.media_type == "application/pdf" else "desks:incoming_file"
        links.append((covered(file.name), reverse(page, args=(row.pk, file.id))))
    return links


def _fills(row: Any, command: str) -> dict[str, object]:
    """Return what is usually asked: the real name, where the city wants it of what comes by this channel (SQ-10.1)."""
    if command != incoming.AskSender.name:
        return {}
    rules = policies.rules_for(row.city_id, now=ids.moment_of(row.pk))
    if rules.real_name != "required_online" or row.channel not in rules.online_channels:
        return {}
    link = f"{settings.PUBLIC_URL}{reverse('portal:start', args=(row.city_id,))}" if settings.PUBLIC_URL else ""
    asked = _("按规定，网上反映诉求须实名登记。请登录 12345 网页完成实名认证后提交：{link}") if link else ""
    return {
        "text": asked.format(link=link) if asked else _("按规定，网上反映诉求须实名登记。请拨打 12345 提供姓名和电话。")
    }


def is_readable(row: Any, actor: Actor) -> bool:
    """Tell whether the words and files of something exist for an actor: once they are an order's, as its own do.

    Of an order that is sealed, or that is not for them, nobody reads them here. Source: SZ-13.3, JY-12, JY-8d.
    """
    if not row.order:
        return True
    if any(held.order.sealed for held in queries.peek([row.order]).values()):
        return False
    return bool(finding.of_ids(actor, city=row.city_id, ids=[row.order]))


def _leads(row: Any, actor: Actor) -> list[tuple[str, str]]:
    """Return the way to register it."""
    if row.status != incoming.WAITING or actor.role != "seat":
        return []
    return [(_("登记为诉求"), f"{reverse('desks:new')}?incoming={row.pk}")]


def _headings(rows: Sequence[Any]) -> dict[UUID, str]:
    """Return the channel and the first words of each, covered."""
    said = words_of.of_streams([KIND.stream(row.pk) for row in rows])
    found = {}
    for row in rows:
        # What has become an order's is read there.
        first = said.get(KIND.stream(row.pk), {}).get(1, {}) if not row.order else {}
        text = covered(" ".join((first.get("subject") or first.get("text", "")).split()))
        channel = wording.CHANNELS.get(row.channel, row.channel)
        found[row.pk] = f"{channel} · {text[:_HEADED]}" if text else channel
    return found


def _shown(row: Any, actor: Actor, event: str, name: str, value: Any) -> Any:
    """Return what of a field is shown: not what a person is called in an account, which tells nobody anything."""
    return "" if name == "sender" and row.channel in wechat.KINDS else value


KIND = Kind(
    incoming.CYCLE,
    model=Incoming,
    names=people.names,
    words={
        "IncomingReceived": "收到来信", "IncomingTaken": "自动办理", "IncomingClosed": "处理",
        "SenderAsked": "询问来信人",
        "IncomingLaidAside": "放入旁列", "IncomingBroughtBack": "移回待处理", "IncomingOverdue": "查看超时",
    },
    facts=_known,
    follow=_follow,
    keeps=words.keep,
    columns=_columns,
    readers=Readers(roles=("seat", "office")),
    labels=Labels(
        name="来信",
        states={"WAITING": "待登记", "ASIDE": "旁列", "TAKEN": "已转入工单", "CLOSED": "已处理"},
        commands={
            "receive_incoming": "收到来信", "take_incoming": "自动办理", "close_incoming": "登记处理结果",
            "ask_sender": "按原渠道询问来信人", "lay_aside": "放入旁列（广告、自动邮件等）", "bring_back": "移回待登记",
            "record_letter": "登记信函、来访",
        },
        fields={
            "channel": "渠道", "phone": "电话号码", "sender": "来信地址", "subject": "主题", "text": "内容",
            "quoted": "引用的往来内容", "refused": "没有收下的附件", "checked": "发信域核验",
            "note": "未自动办理的原因", "outcome": "处理结果",
            "number": "工单编号", "reason": "理由", "aside": "放入旁列", "clock": "时限",
            "register_no": "登记编号", "arrived_on": "收到日期", "from_name": "来信（来访）人", "address": "地址",
            "shelf": "原件存放编号",
        },
        clocks={"look": "查看"},
        choices={
            "channel": wording.CHANNELS,
            "clock": {"look": "查看"},
            "note": {
                "stranger": "来信人与所提工单的诉求人对不上", "unclear": "不能确定对应哪件工单",
                "several": "可能对应几件工单",
                "refused": "工单现在不能这样办理", "automatic": "自动发出的邮件", "advertising": "疑似广告",
                "frozen": "来信过密，已停止自动处理", "unreadable": "内容不能识别",
                "sheet_missing": "扫描件前面没有分隔页", "sheet_used": "分隔页已经用过",
                "sheet_foreign": "分隔页不是本平台打印的", "sheet_unread": "分隔页上的二维码不能识别",
                "sheet_empty": "分隔页后面没有信件",
            },
            "outcome": {"rated": "已评价", "added": "补充到工单", "registered": "已登记诉求", "nothing": "不办理",
                        "unsubscribed": "已退订公开类消息"},
        },
        heading=lambda row: wording.CHANNELS.get(row.channel, row.channel),
        headings=_headings,
        fills=_fills,
        leads=_leads,
        beside=_beside,
        sees=lambda row, actor, event: is_readable(row, actor),
        opens=is_readable,
        shows=_shown,
        untold=("order", "source_no"),
        # It may hold what was written about others.
        folded=("quoted",),
        pages={"record_letter": "desks:letter_new"},
    ),
    opens=opened,
)  # fmt: skip
