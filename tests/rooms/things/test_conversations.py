"""What comes by any channel at the seat's desk, and the conversation that it is part of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from tests import files_ground as samples
from tests import town_ground as towns
from tests.town_ground import Town, relayed, row, text_of, with_identity

from minsheng.cases.appeals import attachments
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.appeals.models import Addition
from minsheng.cases.incoming import actions
from minsheng.cases.incoming.models import Incoming
from minsheng.cases.incoming.values import Arrived, Brought
from minsheng.cases.orders.models import Order
from minsheng.core.files import queries as files
from minsheng.core.messages import onward, sending
from minsheng.core.messages import queries as messages
from minsheng.core.messages.models import Message
from minsheng.core.messages.values import Message as Told
from minsheng.core.reach import actions as reach
from minsheng.core.reach import queries as reached
from minsheng.core.reach.models import Address
from minsheng.desks.incoming import side
from minsheng.gateways import antivirus
from minsheng.gateways.sms import Handed, SmsRefused
from minsheng.public.citizens import writer

SENDER = "li.wei@example.com"
PHONE = "13812345678"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None], tmp_path: Any, settings: LazySettings) -> Town:
    settings.FILES_FOLDER, settings.DEMO = tmp_path, True
    return towns.build("jiangyin", test_clock)


class Carrier:
    """Takes what it is given, or brings nothing."""

    name = "test"

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses, self.sent = refuses, list[tuple[str, str]]()

    def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> Handed:
        if self.refuses:
            raise SmsRefused
        self.sent.append((address, text))
        return Handed(self.name)


def mail(text: str = "路灯坏了三天，在人民路", **more: Any) -> Arrived:
    fields = {"source_no": f"mail {uuid4()}", "channel": "mail", "sender": SENDER, "vouched": False, **more}
    return Arrived(text=text, **fields)


def known(town: Town, order: str) -> None:
    """Let the order's appellant have shown that the mail address is theirs."""
    with_identity(town, order)
    reach.bind(reached_appellant(order), city=town.code, channel="mail", address=SENDER, verified=True, now=town.now)


def take(town: Town, arrived: Arrived) -> Incoming:
    id = actions.take(arrived, city=town.code, now=town.now)
    assert id is not None
    return Incoming.objects.get(pk=id)


def registered(town: Town, found: Incoming, **fields: str) -> Any:
    """Register something as a seat does: open the form that it fills, and send it."""
    seat = town.desk("seat")
    page = seat.get(f"/orders/new?incoming={found.pk}")
    assert page.status_code == 200
    shown = page.context["form"]
    values = {name: shown[name].value() for name in ("content", "phone", "channel", "incoming")}
    form = {
        "key": str(uuid4()),
        "type": "help",
        "appellant": "citizen",
        "publish": "yes",
        **values,
        "submit": "1",
        **fields,
    }
    return seat.post("/orders/new", {name: value for name, value in form.items() if value is not None})


@pytest.mark.clause("JY-2a")
def test_mail_is_registered_in_one_go_with_its_files_and_its_address(town: Town) -> None:
    picture = Brought("路灯.png", samples.PNG)
    found = take(town, mail(subject="路灯", files=(picture,)))
    assert registered(town, found).status_code == 302

    order, found = Order.objects.get(), Incoming.objects.get()
    assert (order.channel, found.status, found.order) == ("mail", "CLOSED", order.id)
    assert [each.name for each in attachments.of_order(order.id)] == ["路灯.png"]
    # Whoever writes may say that they are anybody: the address counts for this order alone.
    assert reached.find(town.code, channel="mail", address=SENDER) == []
    assert reached.orders_of(town.code, channel="mail", address=SENDER.upper()) == [order.id]
    assert SENDER.encode() not in bytes(Address.objects.get().address_enc)
    # A second seat who had the form open registers nothing.
    again = town.desk("seat").get(f"/orders/new?incoming={found.pk}")
    assert again.status_code == 404


def test_two_seats_cannot_register_the_same(town: Town) -> None:
    found = take(town, mail())
    first, second = town.desk("seat"), town.desk("seat")
    page = second.get(f"/orders/new?incoming={found.pk}").context["form"]
    form = {
        "type": "help",
        "appellant": "citizen",
        "publish": "yes",
        "content": page["content"].value(),
        "incoming": str(found.pk),
    }
    registered(town, found)

    late = second.post("/orders/new", {"key": str(uuid4()), "channel": "mail", "submit": "1", **form})
    assert (late.status_code, Order.objects.count()) == (409, 1)
    assert first.get("/things/incoming/").status_code == 200


@pytest.mark.clause("JY-9.4")
def test_answer_goes_by_the_channel_of_the_appeal_and_by_text_message_where_that_fails(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "is_carried", lambda channel, now: channel in ("mail", "sms"))
    order = town.handled(channel="mail")
    with_identity(town, order)
    appellant = reached_appellant(order)
    own = {"verified": False, "about": order}
    reach.bind(appellant, city=town.code, channel="mail", address=SENDER, now=town.now, **own)
    reach.bind(
        appellant, city=town.code, channel="mail", address="b@example.com", verified=False, about="other", now=town.now
    )
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="已修复", channel="mail", kind="final")
    town.act(order, "auditor", "pass_audit")
    relayed()
    (row_,) = Message.objects.filter(kind="answered")
    assert row_.channel == "mail"

    sending.send_waiting({"mail": Carrier(refuses=True)}.get, now=town.now)
    onward.go_on(now=town.now)
    texts = Carrier()
    sending.send_waiting({"sms": texts}.get, now=town.now)

    assert [address for address, _ in texts.sent] == [PHONE]
    talk = town.desk("callback_agent").get(f"/orders/{order}/").content.decode()
    assert "电子邮件未送达，改用此渠道" in talk
    assert (SENDER in talk, PHONE in talk) == (False, False)


@pytest.mark.clause("JY-12.4")
def test_whom_no_message_reaches_is_called_and_leaves_the_list(town: Town) -> None:
    order = town.handled()
    with_identity(town, order)
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="已修复", channel="phone", kind="final")
    town.act(order, "auditor", "pass_audit")
    relayed()
    sending.send_waiting({"sms": Carrier(refuses=True)}.get, now=town.now)
    onward.go_on(now=town.now)

    agent = town.desk("callback_agent")
    listed = text_of(agent.get("/calls"))
    assert row(order).number in listed
    assert town.desk("officer@城管局").get("/calls").status_code == 403
    town.act(order, "callback_agent", "told_by_phone", text="已电话告知办理结果")
    relayed()
    assert row(order).number not in text_of(agent.get("/calls"))


@pytest.mark.clause("SZ-13.3")
def test_whom_the_refusal_of_a_secret_does_not_reach_is_called_by_who_may_open_it(town: Town) -> None:
    order = town.draft(type="report", channel="phone", appellant="citizen", content="图纸在群里流传")
    with_identity(town, order)
    town.act(order, "seat", "reject", code="R3", explanation="请通过保密渠道反映。")
    relayed()
    sending.send_waiting({"sms": Carrier(refuses=True)}.get, now=town.now)
    onward.go_on(now=town.now)
    number, form = row(order).number, {"text": "已告知理由", "key": str(uuid4()), "seen_version": row(order).version}

    assert number not in text_of(town.desk("callback_agent").get("/calls"))
    leader = town.desk("supervisor")
    assert number in text_of(leader.get("/calls"))
    page = leader.get(f"/orders/{order}/").content.decode()
    assert (PHONE in page, "图纸在群里流传" in page) == (False, False)
    clear = leader.post(f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": "电话告知"})
    assert PHONE in clear.content.decode()
    assert [town.desk("seat").post(f"/orders/{order}/{each}", form).status_code for each in ("told", "identity")] == [
        404,
        404,
    ]
    assert "请填写" in leader.post(f"/orders/{order}/told", {**form, "text": ""}).content.decode()
    for _ in range(2):
        assert leader.post(f"/orders/{order}/told", form).status_code == 302
    relayed()
    leader.get("/calls")  # which says once more what was done
    assert number not in text_of(leader.get("/calls"))
    # Nobody is owed a call any more: the telephone is closed again.
    assert leader.post(f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": "再看"}).status_code == 404


def test_conversation_shows_both_sides_covered_and_no_link(town: Town) -> None:
    order = town.handled()
    with_identity(town, order)
    take(town, Arrived(source_no="sms 1", text="昨天又坏了，我电话13998765432", phone=PHONE))
    said = Message.objects.create(
        city=town.code, position=1, place=1, stream=f"order/{order}", kind="answered", recipient="citizen",
        next_at=town.now,
    )  # fmt: skip
    sending._mark(said, None, town.now, handed=Handed("test"), text="请评价：https://12345.example.cn/l/Ab3d")

    page = town.desk("seat").get(f"/orders/{order}/")
    shown = page.content.decode()
    assert [each["channel"] for each in page.context["conversation"]] == ["短信", "短信"]
    assert "昨天又坏了" in shown
    assert not any(each in shown for each in ("13998765432", "Ab3d"))
    # The unit that handles it does not read along.
    assert "conversation" not in town.desk("officer@城管局").get(f"/orders/{order}/").context


def test_a_long_conversation_shows_its_latest_and_all_of_it_when_asked(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side, "SHOWN", 2)
    order = town.handled()
    with_identity(town, order)
    for number in range(3):
        take(town, Arrived(source_no=f"sms {number}", text=f"第{number}次反映", phone=PHONE))
    seat = town.desk("seat")

    short = seat.get(f"/orders/{order}/")
    assert [each["text"] for each in short.context["conversation"]] == ["第1次反映", "第2次反映"]
    assert "显示更早的往来" in short.content.decode()
    long = seat.get(f"/orders/{order}/?talk=all")
    assert len(long.context["conversation"]) == 3
    assert "显示更早的往来" not in long.content.decode()


def test_sender_is_asked_by_the_same_channel(town: Town) -> None:
    found = take(town, mail("坏了"))
    form = {"key": str(uuid4()), "seen_version": found.version, "text": "请问在哪条路？"}
    assert town.desk("seat").post(f"/things/incoming/{found.pk}/do/ask_sender", form).status_code == 302
    relayed()
    post = Carrier()
    sending.send_waiting({"mail": post}.get, now=town.now)

    assert post.sent == [(SENDER, "请问在哪条路？")]
    assert Incoming.objects.get().status == "WAITING"


def test_seat_puts_it_to_an_order_with_its_words_and_files(town: Town) -> None:
    order = town.handled()
    known(town, order)
    found = take(town, mail("还是那个路口，又坏了", files=(Brought("路灯.png", samples.PNG),)))
    form = {"key": str(uuid4()), "seen_version": found.version, "outcome": "added", "number": row(order).number}

    done = [town.desk("seat").post(f"/things/incoming/{found.pk}/do/close_incoming", form) for _ in range(2)]
    assert [each.status_code for each in done] == [302, 302]
    assert [each.text for each in Addition.objects.all()] == ["还是那个路口，又坏了"]
    assert [each.name for each in attachments.of_order(order)] == ["路灯.png"]


def test_order_that_takes_no_more_refuses_it_and_nothing_changes(town: Town) -> None:
    order = town.draft()
    town.act(order, "seat", "answer", no_article=True, text="已答复")
    known(town, order)
    found = take(town, mail("补充"))
    form = {"key": str(uuid4()), "seen_version": found.version, "outcome": "added", "number": row(order).number}

    assert town.desk("seat").post(f"/things/incoming/{found.pk}/do/close_incoming", form).status_code == 409
    assert (Incoming.objects.get().status, Addition.objects.count()) == ("WAITING", 0)


def test_advertising_is_laid_aside_where_a_seat_finds_it(town: Town) -> None:
    found = take(town, mail("专业代开发票，加微信 abc，详见 https://a.example.com", source_no="mail ad"))

    assert (found.status, found.note) == ("ASIDE", "advertising")
    form = {"key": str(uuid4()), "seen_version": found.version}
    assert town.desk("seat").post(f"/things/incoming/{found.pk}/do/bring_back", form).status_code == 302
    assert Incoming.objects.get().status == "WAITING"


def test_words_of_a_third_person_become_nobodys_own(town: Town) -> None:
    order = town.handled()
    with_identity(town, order)
    found = take(town, mail("我是邻居，是他自己弄坏的", sender="neighbor@example.com"))
    form = {"key": str(uuid4()), "seen_version": found.version, "outcome": "added", "number": row(order).number}

    answer = town.desk("seat").post(f"/things/incoming/{found.pk}/do/close_incoming", form)
    assert (answer.status_code, Addition.objects.count()) == (422, 0)
    assert "来信人不是这件工单的诉求人" in text_of(answer)


@pytest.mark.clause("SZ-26")
def test_who_says_that_they_are_somebody_gets_at_nothing_of_theirs(town: Town) -> None:
    """A stranger's mail is registered with the name and number that it gives: it counts for that order alone."""
    theirs = town.handled()
    with_identity(town, theirs)
    begun = take(town, mail("我是张三丰，电话13812345678", sender="evil@example.com", source_no="mail evil 1"))
    assert registered(town, begun, name="张三丰", phone=PHONE).status_code == 302
    mine = Incoming.objects.get(pk=begun.pk).order

    take(town, mail("满意", sender="evil@example.com", order=theirs, vouched=True, source_no="mail evil 2"))
    take(town, mail("TD", sender="evil@example.com", vouched=True, source_no="mail evil 3"))
    assert set(Incoming.objects.exclude(pk=begun.pk).values_list("status", "order")) == {("WAITING", "")}
    assert not reached.wishes(reached_appellant(theirs)).no_news
    assert reached.channels_of(reached_appellant(theirs), about=theirs) == []
    assert reached.channels_of(reached_appellant(theirs), about=mine) == ["mail"]


@pytest.mark.clause("SZ-13.3")
def test_words_of_what_is_sealed_are_read_nowhere_else(town: Town) -> None:
    found = take(town, mail("我要举报机密情况", files=(Brought("证据.png", samples.PNG),)))
    seat = town.desk("seat")
    page = seat.get(f"/orders/new?incoming={found.pk}").context["form"]
    values = {name: page[name].value() for name in ("content", "channel", "incoming")}
    form = {"key": str(uuid4()), "type": "report", "appellant": "citizen", "publish": "no", **values, "register": "1"}
    assert seat.post("/orders/new", form).status_code == 302
    order = Order.objects.get()
    (kept,) = files.of_stream(f"incoming/{found.pk}")
    assert "举报机密" in text_of(seat.get(f"/things/incoming/{found.pk}/"))
    assert seat.get(f"/incoming/{found.pk}/files/{kept.id}").status_code == 200

    town.act(order.id, "seat", "reject", code="R3", explanation="涉及国家秘密，请按规定渠道反映")
    hidden = [text_of(seat.get(f"/things/incoming/{path}")) for path in (f"{found.pk}/", "?tab=all")]
    assert not any(each in page for page in hidden for each in ("举报机密", "证据.png"))
    assert seat.get(f"/incoming/{found.pk}/files/{kept.id}").status_code == 404
    assert seat.post(f"/things/incoming/{found.pk}/words", {"reason": "查看"}).status_code == 403


def test_words_of_an_internal_referral_are_read_nowhere_else(town: Town) -> None:
    order = town.internal()
    with_identity(town, order)
    found = take(town, Arrived(source_no="sms 7", text="我还要举报受贿", phone=PHONE))
    assert (found.status, found.order) == ("TAKEN", order)

    assert "举报受贿" not in text_of(town.desk("seat").get(f"/things/incoming/{found.pk}/"))


def test_stranger_adds_nothing_to_somebody_elses_order(town: Town) -> None:
    order = town.handled()
    with_identity(town, order)
    found = take(town, mail("请撤销", order=order))

    assert (found.status, found.note, found.order) == ("WAITING", "stranger", "")


def test_infected_file_is_not_kept_and_the_seat_is_told(town: Town) -> None:
    bad = Brought("发票.txt", antivirus.EICAR)
    found = take(town, mail(files=(bad,)))

    page = text_of(town.desk("seat").get(f"/things/incoming/{found.pk}/"))
    assert "没有收下的附件" in page


@pytest.mark.clause("JY-12.4")
def test_who_wants_no_news_is_told_the_duties_alone(town: Town) -> None:
    order = town.handled()
    with_identity(town, order)
    found = take(town, Arrived(source_no="sms 9", text="TD", phone=PHONE))

    def channels(kind: str) -> list[str]:
        return list(writer.channels(Told(town.code, f"order/{order}", kind, {}), now=town.now))

    assert (found.status, channels("published"), channels("answered")) == ("TAKEN", [], ["sms"])
    assert reached.wishes(reached_appellant(order)).no_news


def reached_appellant(order: str) -> Any:
    words = appeals.words_of(order)
    assert words is not None
    assert words.appellant is not None
    return words.appellant
