"""The forum for everybody: what is let in, what is the author's alone, rating, names, and what identity no page has."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from tests.forum_ground import ADMIN, as_unit, poster, threads_of
from tests.town_ground import Town, relayed
from tests.visiting_ground import Citizen

from minsheng.cases.forum import members
from minsheng.cases.forum.actions import KIND
from minsheng.cases.forum.models import Member, Post, Thread
from minsheng.core.ledger import queries as ledger
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.messages import sending
from minsheng.domain.actors import Actor
from minsheng.domain.forum import commands as cmd
from minsheng.gateways.sms import Demonstration
from minsheng.public.citizens.models import Account

TITLE, WORDS = "滨江路路灯不亮", "滨江路路灯三天不亮"


@dataclass(frozen=True, slots=True)
class Forum:
    """Suzhou's forum with somebody who has an account and a real name."""

    town: Town
    author: Citizen

    def post(self, citizen: Citizen | None = None, **more: Any) -> Any:
        form = {"key": str(uuid4()), "title": TITLE, "content": WORDS, **more}
        return (citizen or self.author).post("forum/post", form)

    def thread(self, **more: Any) -> Thread:
        """Return a thread of the author that waits."""
        assert self.post(**more).status_code == 302
        return threads_of(self.town)[0]

    def give(self, row: Thread, by: str, command: Any) -> Thread:
        lifecycles.apply(KIND, row.pk, command, city=self.town.code, by=self.town.actor(by), now=self.town.now)
        return Thread.objects.get(pk=row.pk)

    def open(self, **more: Any) -> Thread:
        """Return a thread of the author that everybody reads."""
        return self.give(self.thread(**more), ADMIN, cmd.ApprovePost())

    def answered(self) -> Thread:
        """Return a thread that 城管局 has answered."""
        return as_unit(self.town, self.open(), text="路灯已经更换。")


@pytest.fixture
def forum(suzhou: Town) -> Forum:
    return Forum(suzhou, poster(suzhou.code, "13000000001", "陆晓禾"))


def words_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.mark.clause("SZ-17b")
def test_a_thread_is_its_authors_alone_until_it_is_let_in_and_then_everybodys(forum: Forum) -> None:
    row, stranger = forum.thread(), Citizen(forum.town.code)
    other = poster(forum.town.code, "13000000002", "葛然")

    mine = words_of(forum.author.get(f"forum/{row.code}"))
    assert ("待审核" in mine, WORDS in mine) == (True, True)
    for reader in (stranger, other):
        assert reader.get(f"forum/{row.code}").status_code == 404
        for page in ("forum", "forum?text=路灯", "forum/feed.xml"):
            assert TITLE not in words_of(reader.client.get(reader.path(page)))
            assert row.code not in words_of(reader.client.get(reader.path(page)))
    assert TITLE in words_of(forum.author.get("forum/mine"))

    covered = f"{WORDS[:3]}***{WORDS[6:]}"
    forum.give(row, ADMIN, cmd.ApprovePost(content=covered))

    page = words_of(stranger.get(f"forum/{row.code}"))
    assert covered in page
    assert WORDS not in page
    for address in ("forum", f"forum?text={WORDS[6:10]}", "forum/feed.xml"):
        assert TITLE in words_of(stranger.client.get(stranger.path(address)))
    assert TITLE not in words_of(stranger.get("forum", text="公交"))


@pytest.mark.clause("SZ-17b")
def test_what_was_not_let_in_tells_its_author_why_and_is_nobody_elses(forum: Forum) -> None:
    row = forum.give(forum.thread(), ADMIN, cmd.RefusePost(reason="与本市无关"))

    page = words_of(forum.author.get(f"forum/{row.code}"))

    assert ("未通过" in page, "与本市无关" in page) == (True, True)
    assert Citizen(forum.town.code).get(f"forum/{row.code}").status_code == 404


@pytest.mark.clause("SZ-18")
def test_a_hidden_thread_is_gone_for_everybody_and_says_nothing(forum: Forum) -> None:
    row = forum.give(forum.open(), ADMIN, cmd.Hide(reason="违法信息"))

    for reader in (Citizen(forum.town.code), forum.author):
        answer = reader.get(f"forum/{row.code}")
        assert (answer.status_code, "已屏蔽" in words_of(answer)) == (410, True)
        assert TITLE not in words_of(answer)
    written = forum.author.post(f"forum/{row.code}/comment", {"key": str(uuid4()), "content": "一"})
    assert written.status_code == 410
    assert TITLE not in words_of(Citizen(forum.town.code).get("forum"))


@pytest.mark.clause("SZ-24")
def test_the_author_alone_rates_once_and_everybody_reads_the_grade(forum: Forum) -> None:
    row, other = forum.answered(), poster(forum.town.code, "13000000002", "葛然")
    form = {"key": str(uuid4()), "satisfied": "basically_satisfied"}
    assert "评价答复" not in words_of(other.get(f"forum/{row.code}"))
    assert other.post(f"forum/{row.code}/rate", form).status_code == 404
    assert forum.author.post(f"forum/{row.code}/rate", {**form, "satisfied": "splendid"}).status_code == 422
    assert Thread.objects.get(pk=row.pk).status == "ANSWERED"

    assert forum.author.post(f"forum/{row.code}/rate", form).status_code == 302
    assert forum.author.post(f"forum/{row.code}/rate", form).status_code == 302
    again = {"key": str(uuid4()), "satisfied": "dissatisfied"}
    assert forum.author.post(f"forum/{row.code}/rate", again).status_code == 409

    page = words_of(Citizen(forum.town.code).get(f"forum/{row.code}"))
    assert ("基本满意" in page, "不满意" in page) == (True, False)


def test_after_the_window_no_rating_is_offered_or_taken(forum: Forum) -> None:
    row = forum.answered()
    forum.town.later(days=9)

    assert "评价答复" not in words_of(forum.author.get(f"forum/{row.code}"))
    late = forum.author.post(f"forum/{row.code}/rate", {"key": str(uuid4()), "satisfied": "satisfied"})

    assert late.status_code == 409
    assert Thread.objects.get(pk=row.pk).satisfied is None


def test_official_words_stand_apart_with_unit_and_day_and_no_officers_name(forum: Forum) -> None:
    row = forum.answered()

    page = words_of(Citizen(forum.town.code).get(f"forum/{row.code}"))

    assert "路灯已经更换。" in page
    assert "城管局" in page
    assert f"{forum.town.now:%Y-%m-%d}" in page
    for name in ("officer", "leader", "已答复，待评价"):
        assert name not in page[page.index("<main") : page.index("</main>")]


@pytest.mark.clause("SZ-25a")
def test_everybody_reads_the_course_of_a_thread_with_units_and_days_and_no_name_of_the_staff(forum: Forum) -> None:
    row = forum.open()
    for by, command, days in (
        ("officer@城管局", cmd.Claim(), 1),
        ("officer@城管局", cmd.AskUnit(unit="住建局", kind="transfer", reason="路灯归其管理", basis="权责清单"), 0),
        ("officer@住建局", cmd.AnswerRequest(accept=True), 1),
        ("officer@住建局", cmd.Attend(), 3),
    ):
        forum.town.later(days=days)
        row = forum.give(row, by, command)

    page = words_of(Citizen(forum.town.code).get(f"forum/{row.code}"))

    course = page[page.index("办理经过") : page.index("</section>", page.index("办理经过"))]
    begun = forum.town.now - timedelta(days=5)
    expected = [("公开", 0, ""), ("受理", 1, "城管局"), ("转交或共同办理", 2, "住建局"), ("关注", 5, "")]
    places = [course.index(f"{said} <time") for said, _days, _unit in expected]
    assert places == sorted(places)
    for said, days, unit in expected:
        line = course[course.index(f"{said} <time") :].partition("</li>")[0]
        assert (f"{begun + timedelta(days=days):%Y-%m-%d}" in line, unit in line) == (True, True)
    assert "办理单位：" in course
    assert "整改中" in course  # it was attended to late
    assert [each for each in ("officer", "forum_admin", "staff:") if each in course] == []


@pytest.mark.clause("SZ-17b")
def test_a_comment_waits_for_its_writer_alone_and_a_refused_one_says_why(forum: Forum) -> None:
    row, other = forum.open(), poster(forum.town.code, "13000000002", "葛然")
    for words in ("我家门口也是", "买灯请找我"):
        form = {"key": str(uuid4()), "content": words}
        for _ in range(2):  # pressing twice is one comment
            assert other.post(f"forum/{row.code}/comment", form).status_code == 302
    assert Post.objects.filter(thread=row, kind="comment").count() == 2
    assert "我家门口也是" in words_of(other.get(f"forum/{row.code}"))
    assert "我家门口也是" not in words_of(forum.author.get(f"forum/{row.code}"))

    row = forum.give(row, ADMIN, cmd.RefuseComment(number=2, reason="广告"))
    forum.give(row, ADMIN, cmd.ApproveComment(number=1))

    assert "我家门口也是" in words_of(Citizen(forum.town.code).get(f"forum/{row.code}"))
    assert "买灯请找我" not in words_of(Citizen(forum.town.code).get(f"forum/{row.code}"))
    mine = words_of(other.get(f"forum/{row.code}"))
    assert ("买灯请找我" in mine, "广告" in mine) == (True, True)


def test_comments_come_by_pages_of_twenty(forum: Forum) -> None:
    row = forum.open()
    Post.objects.bulk_create(
        Post(thread=row, version=1_000 + n, number=n, kind="comment", text=f"第{n}条。", at=forum.town.now)
        for n in range(1, 22)
    )

    first, second = (
        words_of(Citizen(forum.town.code).get(f"forum/{row.code}", **more)) for more in ({}, {"after": "20"})
    )

    assert ("第20条。" in first, "第21条。" in first, "?after=20" in first) == (True, False, True)
    assert ("第20条。" in second, "第21条。" in second) == (False, True)


def test_the_list_comes_by_pages_of_twenty_without_a_gap(forum: Forum) -> None:
    for n in range(21):
        made = {"code": f"c{n}", "title": f"第{n}帖。", "status": "OPEN", "member": "x", "number": f"n{n}"}
        Thread.objects.create(
            id=uuid4(), city_id=forum.town.code, state={}, version=1, approved_at=forum.town.now, **made
        )
    reader = Citizen(forum.town.code)

    first = reader.get("forum")
    following = first.context["more"].removeprefix("?after=")
    second = reader.get("forum", after=following)

    shown = [row.pk for page in (first, second) for row, *_ in page.context["rows"]]
    assert (len(first.context["rows"]), len(shown), len(set(shown))) == (20, 21, 21)
    assert len(reader.get("forum", after="nothing").context["rows"]) == 20


def test_a_thread_is_withdrawn_by_its_author_before_it_is_let_in_alone(forum: Forum) -> None:
    row, other = forum.thread(), poster(forum.town.code, "13000000002", "葛然")
    assert other.post(f"forum/{row.code}/withdraw", {"key": str(uuid4())}).status_code == 404
    assert forum.author.post(f"forum/{row.code}/withdraw", {"key": "x"}).status_code == 302
    assert Thread.objects.get(pk=row.pk).status == "PENDING"

    assert forum.author.post(f"forum/{row.code}/withdraw", {"key": str(uuid4())}).status_code == 302

    assert Thread.objects.get(pk=row.pk).status == "WITHDRAWN"
    open_one = forum.open()
    forum.author.post(f"forum/{open_one.code}/withdraw", {"key": str(uuid4())})
    assert Thread.objects.get(pk=open_one.pk).status == "OPEN"


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"title": " "}, 422, "请填写标题。"),
        ({"content": ""}, 422, "请填写内容。"),
        ({"content": "\u200b\u200b"}, 422, "请填写内容。"),
        ({"content": "字" * 20_001}, 422, "请不超过 20000 个字。"),
        ({"title": "字" * 61}, 422, "标题请不超过 60 个字。"),
        ({"content": "？！😀"}, 409, "内容里没有文字"),
        ({"key": "x"}, 422, ""),
    ],
)
def test_a_form_that_is_wrong_says_so_and_changes_nothing(
    forum: Forum, changed: dict[str, str], status: int, sentence: str
) -> None:
    answer = forum.post(**changed)

    assert (answer.status_code, sentence in words_of(answer)) == (status, True)
    assert threads_of(forum.town) == []


def test_pressing_twice_is_one_thread_and_the_eleventh_of_a_day_is_refused(forum: Forum) -> None:
    key = str(uuid4())
    first, second = forum.post(key=key), forum.post(key=key)
    assert first["Location"] == second["Location"]
    assert len(threads_of(forum.town)) == 1

    for _ in range(8):
        assert forum.post().status_code == 302
    assert forum.post().status_code == 409
    assert len(threads_of(forum.town)) == 9


@pytest.mark.clause("SZ-17a")
def test_posting_needs_an_account_and_a_real_name_and_the_page_shows_the_way(forum: Forum) -> None:
    nobody, unknown = Citizen(forum.town.code), Citizen(forum.town.code)
    unknown.sign_in("13000000003")
    row = forum.open()

    assert "sign-in" in nobody.get("forum/post")["Location"]
    assert "sign-in" in forum.post(nobody)["Location"]
    assert "sign-in" in nobody.post(f"forum/{row.code}/comment", {"key": str(uuid4()), "content": "一"})["Location"]
    asked = words_of(unknown.get("forum/post"))
    assert ("发帖、跟帖须先完成实名认证" in asked, unknown.path("account") in asked) == (True, True)
    assert forum.post(unknown).status_code == 409
    assert unknown.post(f"forum/{row.code}/comment", {"key": str(uuid4()), "content": "一"}).status_code == 409
    assert (len(threads_of(forum.town)), Thread.objects.get(pk=row.pk).waiting) == (1, 0)


@pytest.mark.clause("SZ-18")
def test_who_is_banned_writes_nothing(forum: Forum) -> None:
    row = forum.open()
    members.bar(UUID(row.member), days=3, reason="辱骂", city=forum.town.code, by=Actor(ADMIN), now=forum.town.now)

    assert "禁言" in words_of(forum.post())
    assert "禁言" in words_of(forum.author.post(f"forum/{row.code}/comment", {"key": str(uuid4()), "content": "一"}))
    assert (len(threads_of(forum.town)), Thread.objects.get(pk=row.pk).waiting) == (1, 0)


@pytest.mark.clause("SZ-17a")
def test_a_forum_name_is_shown_once_it_is_let_in_and_till_then_nothing_but_a_netizen(forum: Forum) -> None:
    row, reader = forum.open(), Citizen(forum.town.code)
    assert "网友" in words_of(reader.get(f"forum/{row.code}"))
    bad = forum.author.post("forum/name", {"key": str(uuid4()), "name": "城管局小王"})
    assert (bad.status_code, "网名不能像机关单位" in words_of(bad)) == (409, True)

    assert forum.author.post("forum/name", {"key": str(uuid4()), "name": "江边小草"}).status_code == 302
    assert "江边小草" in words_of(forum.author.get("forum/mine"))
    assert "江边小草" not in words_of(reader.get(f"forum/{row.code}"))

    members.approve_name(Member.objects.get().pk, "江边小草", city=forum.town.code, by=Actor(ADMIN), now=forum.town.now)
    assert "江边小草" in words_of(reader.get(f"forum/{row.code}"))
    assert "江边小草" in words_of(reader.get("forum"))


@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<svg/onload=alert(1)>", "{{ 7|add:7 }}"]
)
def test_what_is_typed_stays_words(forum: Forum, payload: str) -> None:
    row = forum.open(title=f"灯{payload}", content=f"第一行{payload}\n第二行")
    assert (
        forum.author.post(f"forum/{row.code}/comment", {"key": str(uuid4()), "content": f"也{payload}"}).status_code
        == 302
    )
    forum.give(row, ADMIN, cmd.ApproveComment(number=1))

    for address in (f"forum/{row.code}", "forum", "forum/mine", "forum/feed.xml"):
        page = forum.author.get(address).content.decode()
        assert html.escape(payload, quote=False) in page or html.escape(payload) in page
        assert "<" not in payload or payload not in page
    assert "<br>第二行" in forum.author.get(f"forum/{row.code}").content.decode()


@pytest.mark.clause("SZ-26")
def test_nothing_leads_from_a_thread_to_who_posted_it(forum: Forum) -> None:
    row = forum.answered()
    account = Account.objects.get(city=forum.town.code)
    forum.author.post(f"forum/{row.code}/comment", {"key": str(uuid4()), "content": "谢谢"})
    forum.author.post(f"forum/{row.code}/rate", {"key": str(uuid4()), "satisfied": "satisfied"})
    forum.give(Thread.objects.get(pk=row.pk), ADMIN, cmd.ApproveComment(number=1))
    secrets = ("13000000001", "陆晓禾", str(account.pk), str(account.appellant_id), row.member)

    reader = Citizen(forum.town.code)
    for address in (f"forum/{row.code}", "forum", "forum/feed.xml"):
        page = words_of(reader.get(address))
        assert [each for each in secrets if each in page] == [], address
    facts = ledger.history(KIND.stream(row.pk))
    told = "".join(f"{dict(each.actor)}{ledger.content(each)}" for each in facts)
    assert [each for each in secrets[:4] if each in told] == []


def test_a_city_without_a_forum_has_no_such_pages_and_no_door(forum: Forum, town: Town) -> None:
    reader = Citizen(town.code)
    for address in ("forum", "forum/post", "forum/mine", "forum/name", "forum/feed.xml", "forum/abcdefghjk"):
        assert reader.get(address).status_code == 404
    assert "/forum" not in reader.shown("")
    assert Citizen(forum.town.code).path("forum") in Citizen(forum.town.code).shown("")
    assert forum.author.path("forum/mine") in forum.author.shown("mine")


def test_the_author_hears_of_each_decision_and_nothing_leads_from_the_thread_to_the_telephone(
    forum: Forum, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://12345.example.com"
    sent: list[tuple[str, str]] = []

    class Carrier(Demonstration):
        def send(self, phone: str, text: str, *, reference: str) -> None:
            sent.append((phone, text))

    row = forum.answered()
    refused = forum.thread()
    forum.give(refused, ADMIN, cmd.RefusePost(reason="与本市无关"))
    relayed()
    sending.send_waiting({"sms": Carrier()}.get, now=forum.town.now + timedelta(minutes=1))

    told = [text for phone, text in sent if phone == "13000000001" and "帖子" in text]
    assert [any(words in each for each in told) for words in ("已通过审核", "已有答复", "未通过审核")] == [True] * 3
    assert any(f"/forum/{row.code}" in each for each in told)
    assert not any(WORDS in each for each in told)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(body::text, ' ') FROM ledger_event WHERE stream LIKE 'identity/%'")
        used = cursor.fetchone()[0] or ""
    assert (str(row.pk) in used, row.code in used, str(refused.pk) in used) == (False, False, False)
