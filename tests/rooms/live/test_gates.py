"""The gate of a signal is the gate of the page, for every kind of stream that a feature brings: one test for all.

Clauses: JY-12, JY-8d.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.db import connection
from django.urls import reverse
from tests.town_ground import Town
from tests.toy_ground import AskKey, LendKey
from tests.toy_rows_ground import FEATURE, KIND, LoanRow

from minsheng.cases.checks import actions as checks
from minsheng.cases.incoming import actions as incoming
from minsheng.cases.incoming.values import Arrived
from minsheng.cases.live.models import Presence
from minsheng.cases.monitoring.models import Violation
from minsheng.cases.mystery import actions as assessing
from minsheng.cases.orders.models import Order
from minsheng.core.features import queries as features
from minsheng.core.ledger import queries as ledger
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.people import audiences
from minsheng.core.people import queries as people
from minsheng.core.policies.models import City
from minsheng.domain.accountability import commands as cases
from minsheng.domain.actors import Actor
from minsheng.domain.coordination import meeting, programme, remedy, study
from minsheng.domain.duties import inquiry, review, sanction
from minsheng.domain.duties.check import AskCheck
from minsheng.domain.duties.lookback import PlanLookback
from minsheng.domain.forum import commands as forum
from minsheng.domain.honors import award, roll
from minsheng.domain.knowledge import article, basis, duty, question
from minsheng.domain.monitoring import commands as monitoring
from minsheng.domain.mystery import call as mystery
from minsheng.domain.mystery import campaign
from minsheng.domain.registers import bylaw, incident, mechanism, paper, plan, training
from minsheng.domain.surveys import survey
from minsheng.domain.surveys.questions import QuestionLine


@pytest.fixture
def things(town: Town, settings: LazySettings) -> Mapping[str, str]:
    """Return streams of the town by what they are; one of each kind that a page shows, and such as few may see."""
    with connection.schema_editor() as editor:
        editor.create_model(LoanRow)
    settings.FEATURES = [*settings.FEATURES[:-1], FEATURE, settings.FEATURES[-1]]
    sealed = town.handled()
    Order.objects.filter(pk=sealed).update(is_sealed=True)
    loans = [lent(town) for _ in range(2)]
    LoanRow._default_manager.filter(pk=loans[1]).update(is_restricted=True, target_unit="住建局")
    return {
        "ordinary": f"order/{town.handled()}",
        "draft": f"order/{town.draft()}",
        "referral": f"order/{town.internal()}",
        "sealed": f"order/{sealed}",
        "loan": f"loan/{loans[0]}",
        "restricted loan": f"loan/{loans[1]}",
        **told_things(town),
        **looked_back_on(town),
    }


def told_things(town: Town) -> dict[str, str]:
    """Return a case that was decided, one that was served, a meeting and a session of a programme, by what they are."""

    def begun(prefix: str, command: Any, by: str, *then: tuple[Any, str]) -> str:
        kind = features.life_cycles()[prefix]
        made = partial(kind.opens, city=town.code)
        id = lifecycles.begin(kind, command, city=town.code, by=town.actor(by), now=town.now, made=made).id
        for each, who in then:
            lifecycles.apply(kind, id, each, city=town.code, by=town.actor(who), now=town.now)
        return f"{prefix}/{id}"

    decided = cases.DecideMeasure(unit="城管局", measure="批评教育")
    own = cases.DecideMeasure(unit="城管局", person=colleague(town), measure="批评教育")
    when = town.now + timedelta(days=2)
    called = meeting.CallMeeting(when=when, units=("城管局",), question="由谁牵头")
    asked = inquiry.ReceiveInquiry(organ="media", asker="日报", content="采访提纲", due=when, unit="城管局")
    planned = programme.PlanSession(kind="live", when=when, topic="夜间照明")
    order = town.handled()
    town.staff["supervisor@"] = town.hire("督查负责人", "supervisor")
    town.act(order, "supervisor", "supervise", category="K2", ground="拖延")
    town.act(order, "supervisor", "record_finding", found="unwilling", text="能办而不办")
    proposed = sanction.ProposeSanction(unit="城管局", kind="notice", ground="refusal", orders=(order,), text="通报")
    sent = (sanction.ApproveSanction(), "supervisor@"), (sanction.SendSanction(), "supervisor")
    today = town.now.date()
    trained = training.PlanTraining(course="办理规范", audience="officers", when=when, units=("城管局",))
    joint = mechanism.OpenMechanism(title="夜间施工", units=("城管局", "住建局"), since=today)
    failed = incident.ReportIncident(level="city", severity="2", began=town.now, text="网络中断")
    praised = award.ProposeAward(unit="城管局", year=2026, ground="及时签收", proposers=("领导小组", "作风领导小组"))
    return {
        "paper": begun("paper", paper.RegisterPaper(title="规范", number="1", kind="rule", issued=today), "office"),
        "training": begun("training", trained, "office"),
        "mechanism": begun("mechanism", joint, "office"),
        "plan": begun("plan", plan.DraftPlan(title="总预案", document="1号"), "office"),
        "plan of a unit": begun("plan", plan.DraftPlan(title="城管预案", document="2号"), "officer@城管局"),
        "bylaw": begun("bylaw", bylaw.FileBylaw(title="细则", document="1号", sign="30分钟"), "head@城管局"),
        "incident": begun("incident", failed, "office"),
        "proposed sanction": begun("sanction", proposed, "supervisor"),
        "sent sanction": begun("sanction", proposed, "supervisor", *sent),
        "decided case": begun("case", decided, "head@城管局"),
        "served case": begun("case", decided, "head@城管局", (cases.Serve(), "office")),
        "case of a person": begun("case", own, "head@城管局", (cases.Serve(), "office")),
        "meeting": begun("meeting", called, "office"),
        "inquiry": begun("inquiry", asked, "office"),
        "session": begun("programme", planned, "office", (programme.Invite(units=("住建局",)), "office")),
        "roll": begun("roll", roll.ListHonors(year=2026, names=(colleague(town),)), "officer@城管局"),
        "forwarded award": begun("award", praised, "office"),
        "award": begun("award", praised, "office", (award.ApproveAward(document="1号", on=today), "command")),
        **monitored(begun),
        **taught(town, begun),
        "incoming": texted(town),
        "review": begun("review", review.ReceiveReview(item="登记", unit="城管局", grade=1), "connector"),
        **assessed(town, begun),
        "survey": begun("survey", surveyed(town), "office"),
        **known(begun),
        **forum_threads(town, begun),
    }


def forum_threads(town: Town, begun: Callable[..., str]) -> dict[str, str]:
    """Return a thread that waits to be let in, one that a unit has and another is asked for, and one that is hidden.

    The town's own pack has no forum.
    """
    City.objects.filter(code=town.code).update(pack="suzhou")
    post = forum.Post(account="m1", verified=True, content="路灯不亮")
    claimed = (forum.ApprovePost(), "forum_admin"), (forum.Claim(), "officer@城管局")
    ask = forum.AskUnit(unit="住建局", kind="co", reason="一", basis="二"), "officer@城管局"
    found = {
        "thread": begun("thread", post, "citizen"),
        "claimed thread": begun("thread", post, "citizen", *claimed, ask),
        "hidden thread": begun("thread", post, "citizen", *claimed, (forum.Hide(reason="待核"), "forum_admin")),
    }
    City.objects.filter(code=town.code).update(pack="jiangyin")
    return found


def known(begun: Callable[..., str]) -> dict[str, str]:
    """Return an article that is written and one that is published, a document, and a duty of a unit."""
    draft = article.DraftArticle(kind="question", title="路灯坏了找谁", body="请拨打路灯管理所电话。")
    sent = (article.SubmitArticle(), "officer@城管局"), (article.ApproveArticle(), "leader@城管局")
    document = basis.RegisterBasis(
        kind="notice", title="路灯管理办法", number="1号", issuer="市政府", issued=date(2026, 1, 5)
    )
    asked = question.Ask(account=str(uuid4()), content="路灯坏了找谁", unit="城管局")
    return {
        "draft article": begun("article", draft, "officer@城管局"),
        "article": begun("article", draft, "officer@城管局", *sent),
        "basis": begun("basis", document, "office"),
        "duty": begun("duty", duty.RequestAnswer(unit="城管局", question="路灯坏了找谁"), "office"),
        "question": begun("question", asked, "citizen"),
    }


def texted(town: Town) -> str:
    """Return a text message that waits for a seat."""
    text = Arrived(source_no="p 1", phone="13900001111", text="路灯坏了")
    return f"incoming/{incoming.take(text, city=town.code, now=town.now)}"


def taught(town: Town, begun: Callable[..., str]) -> dict[str, str]:
    """Return a case study that is written, one in the library, and a remedy."""
    closed, drafted = closed_order(town), "写成"
    study_of = study.DraftStudy(title=drafted, orders=(closed,), course="经过", lessons="启示")
    both = remedy.OpenRemedy(
        title="夜间照明", orders=(closed, town.handled()), unit="城管局", text="排查", by=town.now + timedelta(days=9)
    )
    return {
        "written case study": begun("study", study_of, "office"),
        "case study": begun("study", study_of, "office", (study.PublishStudy(), "supervisor")),
        "remedy": begun("remedy", both, "office"),
    }


def closed_order(town: Town) -> str:
    """Return an order that was handled and closed."""
    order = town.replied()
    town.act(order, "auditor", "pass_audit")
    town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
    return order


def surveyed(town: Town) -> survey.DraftSurvey:
    asked = (QuestionLine(text="是否满意", kind="单选", options="满意、不满意"),)
    return survey.DraftSurvey(title="办理满意度", questions=asked, ways=("link",), ends=town.now.date())


def assessed(town: Town, begun: Callable[..., str]) -> dict[str, str]:
    """Return a campaign that runs, one whose result its units see, one that is published, and a call of one."""
    town.staff["mystery_caller@"] = town.hire("拨测乙", "mystery_caller")
    asked = campaign.OpenCampaign(
        title="拨测", agency="某公司", period="2026Q3", units=("城管局",), told=("command",), told_units=("住建局",)
    )
    found = {"campaign": begun("campaign", asked, "office")}
    for name in ("campaign in its window", "published campaign"):
        found[name] = begun("campaign", asked, "office")
        caller = town.actor("mystery_caller")
        given = mystery.GiveCall(
            campaign=found[name].partition("/")[2], unit="城管局", caller=caller.person or "", question="问",
            until=town.now.date(),
        )  # fmt: skip
        made = assessing.give(given, phone="", city=town.code, by=town.actor("office"), now=town.now)
        found["mystery call"] = f"mystery_call/{made.id}"
        unreached = mystery.RecordOutcome(reached=False)
        lifecycles.apply(assessing.CALLS, made.id, unreached, city=town.code, by=caller, now=town.now)
        command, by = campaign.DrawSeconds(), town.actor("office")
        id = UUID(found[name].partition("/")[2])
        lifecycles.apply(assessing.CAMPAIGNS, id, command, city=town.code, by=by, now=town.now)
        rated = mystery.RateAgain(answer="right", attitude=5)
        lifecycles.apply(
            assessing.CALLS, made.id, rated, city=town.code, by=town.actor("mystery_caller@"), now=town.now
        )
        lifecycles.apply(assessing.CAMPAIGNS, id, campaign.OpenWindow(), city=town.code, by=by, now=town.now)
    late = town.now + timedelta(days=20)
    lifecycles.ring(assessing.CAMPAIGNS, found[name], late)
    lifecycles.apply(assessing.CAMPAIGNS, id, campaign.PublishCampaign(), city=town.code, by=by, now=late)
    return found


def monitored(begun: Callable[..., str]) -> dict[str, str]:
    """Return a violation, one that is hidden from its unit, and the dossier of each."""
    open_one = monitoring.RecordViolation(code="V3", unit="城管局", evidence=("通话记录",))
    hidden = monitoring.RecordViolation(code="V10", unit="城管局", person="某人", evidence=("举报信",))
    reminded = (monitoring.RemindViolation(text="请整改"), "office")
    found = {
        "violation": begun("violation", open_one, "office", reminded, reminded),
        "hidden violation": begun("violation", hidden, "discipline"),
    }
    for name, stream, by in (
        ("dossier", found["violation"], "office"), ("hidden dossier", found["hidden violation"], "discipline"),
    ):  # fmt: skip
        number = Violation.objects.get(pk=stream.partition("/")[2]).number
        sent = monitoring.TransferViolations(violations=(number,), receivers=("市纪委监委",), materials=("材料",))
        found[name] = begun("dossier", sent, by)
    return found


def colleague(town: Town) -> str:
    """Return the name of the officer of the unit that is held to account."""
    return people.names([town.actor("officer@城管局").person or ""]).popitem()[1]


def looked_back_on(town: Town) -> dict[str, str]:
    """Return the streams of a check and of a round, the center's and a unit's own."""
    order, found = closed_order(town), {}
    for name, by in (("center", town.actor("supervisor")), ("own", town.actor("leader@城管局"))):
        asked, plan = AskCheck(order=order, reason="抽查"), PlanLookback(quarter="2026Q2", percent=5)
        found[f"check of {name}"] = f"check/{checks.ask(asked, city=town.code, by=by, now=town.now).id}"
        found[f"round of {name}"] = f"lookback/{checks.plan(plan, city=town.code, by=by, now=town.now).id}"
    return found


def lent(town: Town) -> UUID:
    def made(id: UUID) -> LoanRow:
        return LoanRow(id=id, city_id=town.code, number="钥1")

    by = town.actor("officer@城管局")
    id = lifecycles.begin(KIND, AskKey(room="301"), city=town.code, by=by, now=town.now, made=made).id
    lifecycles.apply(KIND, id, LendKey(), city=town.code, by=town.actor("office"), now=town.now)
    return id


def page_of(stream: str) -> str:
    prefix, _, id = stream.partition("/")
    named = features.streams()[prefix].page
    return reverse(named, args=(id,)) if named else reverse("things:thing", args=(prefix, id))


def told_of(stream: str) -> set[str]:
    """Return the audiences that are told of the thing by its name."""
    prefix, _, id = stream.partition("/")
    tell = features.told(prefix)
    assert tell is not None
    return {each.audience for each in tell({stream: ledger.history(stream)}) if each.order in (stream, id)}


def test_who_is_told_of_a_thing_is_who_may_open_its_page(town: Town, things: Mapping[str, str]) -> None:
    desks = {name: town.desk(name) for name in town.staff}
    for what, stream in things.items():
        heard, opened, there = told_of(stream), set(), set()
        for name, desk in desks.items():
            actor = town.actor(name)
            page = desk.get(page_of(stream))
            if page.status_code == 200 and what != "sealed":
                opened.add(name)
            if desk.post("/live/presence", {"stream": stream}).status_code == 200:
                there.add(name)
            assert features.exists_for(actor, stream, city=town.code) is (name in opened), (what, name)
            assert bool(heard & set(audiences.of_actor(actor))) is (name in opened), (what, name)
        assert there == opened, what
        assert bool(opened) is (what != "sealed"), what
        assert len(opened) < len(town.staff), what


def test_kinds_without_such_a_page_are_told_of_to_nobody(town: Town, things: Mapping[str, str]) -> None:
    shown = {stream.partition("/")[0] for stream in things.values()}
    office = town.desk("office")
    others = [prefix for prefix in features.streams() if prefix not in shown]

    assert "report" in others
    for prefix in others:
        stream = f"{prefix}/019b0000-0000-7000-8000-000000000001"
        assert office.post("/live/presence", {"stream": stream}).status_code == 404, prefix
        assert not features.exists_for(Actor("office"), stream, city=town.code)
        kind = features.life_cycles().get(prefix)
        assert kind is None or not kind.readers, f"{prefix}: give the test above a thing of it"
        assert not features.streams()[prefix].told, f"{prefix}: give the test above a thing of it"
    assert not Presence.objects.exists()


@pytest.mark.parametrize("stream", ["", "order", "order/", "loan/x", "nothing/1", "loan/a\0b", "/", "order/a\0b"])
def test_what_is_no_stream_is_nobodys(town: Town, things: Mapping[str, str], stream: str) -> None:
    assert town.desk("office").post("/live/presence", {"stream": stream}).status_code == 404


def test_two_at_one_thing_of_any_kind_see_each_other_until_one_may_not(town: Town, things: Mapping[str, str]) -> None:
    stream = things["loan"]
    look = partial(town.desk("office").post, "/live/presence", {"stream": stream})
    town.desk("officer@城管局").post("/live/presence", {"stream": stream, "typing": "1", "active": "1"})

    assert [each["typing"] for each in look().json()["others"]] == [True]
    LoanRow._default_manager.update(units=["住建局"])
    assert look().json()["others"] == []
