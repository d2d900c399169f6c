"""Who posted a thread, for organs that may ask by law: two people, one reading each, and nothing for anybody else."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from tests import calling_ground as calling
from tests.forum_ground import let_in, poster
from tests.town_ground import Town, text_of
from tests.visiting_ground import Citizen

from minsheng.cases.forum.actions import KIND
from minsheng.cases.forum.models import Disclosure, Member, Post, Thread
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.models import Refusal
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.actors import Actor
from minsheng.domain.forum import commands as cmd
from minsheng.public.citizens import accounts

NAME, PHONE = "陆晓禾", "13000000001"
HERE = "/forum/disclosures"


@pytest.fixture
def author(suzhou: Town, settings: Any) -> Citizen:
    settings.DEMO = True
    return poster(suzhou.code, PHONE, NAME)


@pytest.fixture
def row(suzhou: Town, author: Citizen) -> Thread:
    return let_in(suzhou, author, title="路灯", content="滨江路路灯不亮")


@pytest.fixture
def suzhou(town: Town) -> Town:
    from tests import town_ground as towns

    return towns.build("suzhou_p", town.set_clock, pack="suzhou")


def asked(town: Town, row: Thread, **changed: Any) -> Any:
    form = {
        "number": row.number,
        "organ": "公安机关",
        "document": "调取证据通知书〔2026〕1号",
        "purpose": "侦查",
        "wanted": ["name", "phone"],
        **changed,
    }
    return town.desk("forum_admin").post(HERE, form)


@pytest.mark.clause("SZ-26")
def test_two_people_let_an_organ_know_and_each_reads_once(suzhou: Town, row: Thread) -> None:
    assert asked(suzhou, row).status_code == 302
    made = Disclosure.objects.get()
    admin, second = suzhou.desk("forum_admin"), suzhou.desk("supervisor")
    assert admin.post(f"{HERE}/{made.pk}/read").status_code == 404
    assert admin.post(f"{HERE}/{made.pk}/decide", {"agree": "1"}).status_code == 403
    assert second.post(f"{HERE}/{made.pk}/decide", {"agree": "1"}).status_code == 302

    for client in (admin, second):
        page = text_of(client.post(f"{HERE}/{made.pk}/read"))
        assert (NAME in page, PHONE in page) == (True, True)
        again = client.post(f"{HERE}/{made.pk}/read", follow=True)
        assert (NAME in text_of(again), "您已经看过一次" in text_of(again)) == (False, True)
        assert NAME not in text_of(client.get(HERE))
    public = text_of(Citizen(suzhou.code).get("forum/disclosures"))
    assert ("公安机关" in public, "侦查" in public, row.number in public) == (True, False, False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, body::text FROM ledger_event WHERE stream = %s", [f"thread/{row.pk}"])
        facts = cursor.fetchall()
        cursor.execute(
            "SELECT body::text FROM ledger_event WHERE type = 'IdentityDisclosed' AND stream LIKE 'identity/%'"
        )
        read = [each[0] for each in cursor.fetchall()]
    assert "IdentityDisclosed" in {kind for kind, _ in facts}
    assert not any(NAME in body or PHONE in body for _, body in facts)
    assert (len(read), any(str(row.pk) in each or row.number in each for each in read)) == (2, False)


@pytest.mark.clause("SZ-26")
def test_organ_is_told_what_its_document_asks_for_of_whose_words_it_names(suzhou: Town, row: Thread) -> None:
    other = "顾言之"
    neighbor = poster(suzhou.code, "13000000002", other)
    said = {"key": str(uuid4()), "content": "我家门口也不亮"}
    assert neighbor.post(f"forum/{row.code}/comment", said).status_code == 302
    for wrong in ("#2", "#", "#x"):
        assert asked(suzhou, row, number=f"{row.number}{wrong}").status_code == 409
    assert asked(suzhou, row, number=f"{row.number}#1", wanted=["name"]).status_code == 302
    made = Disclosure.objects.get()
    second = suzhou.desk("supervisor")
    listed = text_of(second.get(HERE))
    assert f"{row.number}#1" in listed
    assert "<dt>文书要求提供的信息</dt><dd>姓名</dd>" in listed
    second.post(f"{HERE}/{made.pk}/decide", {"agree": "1"})

    page = text_of(second.post(f"{HERE}/{made.pk}/read"))

    assert [each in page for each in (other, "13000000002", NAME, PHONE)] == [True, False, False, False]
    member = Member.objects.get(pk=Post.objects.get(thread=row, kind="comment").member)
    known = accounts.known(member.account, city=suzhou.code)
    assert known is not None
    read = [each for each in ledger.history(f"identity/{known.appellant}") if each.type == "IdentityDisclosed"]
    assert [ledger.content(each)["fields"] for each in read] == [["name"]]


@pytest.mark.clause("SZ-26")
def test_nobody_discloses_alone_on_the_threads_own_page_or_by_the_api(suzhou: Town, row: Thread) -> None:
    admin, page = suzhou.desk("forum_admin"), f"/things/thread/{row.pk}/"
    form = {"key": str(uuid4()), "organ": "公安机关", "document": "通知书1号"}

    assert "do/disclose" not in text_of(admin.get(page))
    assert admin.post(f"{page}do/disclose", form).status_code == 404
    token = calling.client_of(suzhou.code, str(uuid4()), ("forum_admin",), None)
    answer = Client().post(
        f"/api/things/thread/{row.pk}/disclose", {"organ": "公安机关", "document": "通知书1号"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())},
    )  # fmt: skip
    assert answer.status_code == 404
    assert not any(each.type == "IdentityDisclosed" for each in ledger.history(f"thread/{row.pk}"))


@pytest.mark.clause("SZ-17a")
def test_a_program_posts_in_no_members_name(suzhou: Town, row: Thread) -> None:
    token = calling.client_of(suzhou.code, str(uuid4()), ("citizen",), None)
    form = {"account": row.member, "verified": True, "content": "冒名的帖子"}
    for address in ("/api/things/thread?command=post", f"/api/things/thread/{row.pk}/comment"):
        answer = Client().post(
            address, form, content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())},
        )  # fmt: skip
        assert answer.status_code == 404, address
    assert Thread.objects.filter(member=row.member).count() == 1


@pytest.mark.clause("SZ-26")
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"organ": "other", "other": "某律师事务所"}, "只有公安、国家安全、监察、审判、检察机关"),
        ({"organ": "other", "other": "某律师事务所", "document": "", "purpose": "", "wanted": []}, "只有公安"),
        ({"document": ""}, "文书"),
        ({"purpose": " "}, "用途"),
        ({"wanted": []}, "文书要求提供的信息"),
        ({"wanted": ["account"]}, "account"),
        ({"number": "网帖〔2026〕99号"}, "没有编号为"),
        ({"organ": "市场监管局"}, ""),
    ],
)
def test_nobody_else_is_told_and_the_attempt_is_on_record(
    suzhou: Town, row: Thread, changed: dict[str, Any], says: str
) -> None:
    answer = asked(suzhou, row, **changed)

    assert (answer.status_code in (409, 422), says in text_of(answer)) == (True, True)
    assert not Disclosure.objects.exclude(agreed=False).exists()
    assert "请填写：purpose" not in text_of(answer)
    if changed.get("organ") == "other":
        kept = Disclosure.objects.get()
        assert (kept.organ, kept.decided_at is not None) == ("某律师事务所", True)
        for who in ("forum_admin", "supervisor"):
            assert suzhou.desk(who).post(f"{HERE}/{kept.pk}/read").status_code == 404
        assert Refusal.objects.filter(command="disclose", code="organ_not_lawful").exists()


@pytest.mark.clause("SZ-26")
def test_no_other_role_comes_here_and_who_does_not_agree_ends_it(suzhou: Town, row: Thread) -> None:
    for who in ("officer@城管局", "leader@城管局", "office", "seat", "auditor"):
        assert suzhou.desk(who).get(HERE).status_code == 403, who
    assert suzhou.desk("supervisor").post(HERE, {"number": row.number}).status_code == 403
    asked(suzhou, row, purpose="查找张三，电话13812345678")
    made = Disclosure.objects.get()
    assert "13812345678" not in made.purpose
    second = suzhou.desk("supervisor")
    second.post(f"{HERE}/{made.pk}/decide", {"refuse": "1"})
    second.post(f"{HERE}/{made.pk}/decide", {"agree": "1"})

    assert Disclosure.objects.get().agreed is False
    for who in ("forum_admin", "supervisor"):
        assert suzhou.desk(who).post(f"{HERE}/{made.pk}/read").status_code == 404
    assert second.post(f"{HERE}/{uuid4()}/decide", {"agree": "1"}).status_code == 404


@pytest.mark.clause("SZ-18")
def test_names_wait_for_the_administrator_and_who_is_barred_writes_nothing(
    suzhou: Town, author: Citizen, row: Thread
) -> None:
    admin = suzhou.desk("forum_admin")
    assert author.post("forum/name", {"key": str(uuid4()), "name": "滨江居民"}).status_code == 302
    member = Member.objects.get(pk=row.member)
    names = "/forum/names"
    assert suzhou.desk("supervisor").get(names).status_code == 403
    assert "滨江居民" in text_of(admin.get(names))
    admin.post(f"{names}/{member.pk}/decide", {"reason": ""})
    assert Member.objects.get(pk=member.pk).asked == "滨江居民"
    admin.post(f"{names}/{member.pk}/decide", {"approve": "1", "name": "另一个"})
    assert Member.objects.get(pk=member.pk).name == ""
    read = {"approve": "1", "name": "滨江居民"}
    admin.post(f"{names}/{member.pk}/decide", read)
    again = text_of(admin.post(f"{names}/{member.pk}/decide", read, follow=True))
    assert ("已经处理过" in again, Member.objects.get(pk=member.pk).name) == (True, "滨江居民")
    assert "滨江居民" in author.shown(f"forum/{row.code}")

    assert admin.post(names, {"number": "网帖〔2026〕99号", "reason": "辱骂"}).status_code == 409
    assert admin.post(names, {"number": row.number, "days": "0", "reason": "辱骂"}).status_code == 422
    assert admin.post(names, {"number": row.number, "days": "3", "reason": "辱骂"}).status_code == 302
    form = {"key": str(uuid4()), "title": "再发", "content": "再发一次"}
    assert author.post("forum/post", form).status_code == 409
    assert ("之前不能发帖" in (told := author.shown("forum/post")), "辱骂" in told) == (True, True)
    admin.post(f"{names}/{member.pk}/decide", {"again": "1"})
    assert "不能发帖" not in author.shown("forum/post")
    words = cmd.Comment(account=str(member.pk), verified=True, content="辱骂的跟帖")
    lifecycles.apply(KIND, row.pk, words, city=suzhou.code, by=Actor("citizen"), now=suzhou.now)
    for number in (f"{row.number}#9", f"{row.number}#x"):
        assert admin.post(names, {"number": number, "reason": "辱骂"}).status_code == 409
    assert admin.post(names, {"number": f"{row.number}#1", "reason": "辱骂"}).status_code == 302
    assert "您不能再发帖" in author.shown("forum/post")
    admin.post(f"{names}/{member.pk}/decide", {"again": "1"})
    assert author.post("forum/post", {**form, "key": str(uuid4())}).status_code == 302
    kept = [each.type for each in ledger.history(f"member/{member.pk}")]
    assert kept == ["ForumNameApproved", *("ForumMemberBarred", "ForumMemberLetWrite") * 2]
