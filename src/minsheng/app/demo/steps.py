"""The single steps of demonstration stories: how long after the one before, who, and which command with which words.

Stories (`stories.py`) are lists of these names. A step's gap is read by `pace.minutes`; with `^name` behind it, it
counts from the step of that name.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from minsheng.app.demo.material import Said
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.commands import Attestation, Command, EmergencyForm
from minsheng.domain.packs import Rules


@dataclass(slots=True)
class Scene:
    """One appeal on its way: who says what, which units it goes to, what the story asks for."""

    said: Said
    rules: Rules
    chance: random.Random
    lead: str
    co: tuple[str, ...]
    level: str  # of the lead unit
    options: Mapping[str, str]
    accounts: Mapping[tuple[str, str], str]  # (role, unit's name) -> pseudonym
    discipline: str
    order_id: str = ""
    beside: Scene | None = None  # the same matter, registered earlier
    now: datetime = datetime.max.replace(tzinfo=UTC)

    def actor(self, by: str) -> Actor:
        """Return who `officer@lead`, `chief@lead`, `issuer`, `dispatcher`… is here."""
        role, _, where = by.partition("@")
        match role:
            case "chief":  # who must follow up a repeated complaint in person (SQ-19b)
                role = "head" if self.level == "city" else "leader"
            case "issuer":
                role = self.rules.supervision_issuer[0]
            case "convener":
                role = self.rules.coordination_convener
            case "decider":
                role = "command" if "critical" in self.options else "office"
        unit = self._unit(where) if where else ""
        if role == "citizen":
            return Actor(role)
        return Actor(role, unit or None, self.accounts.get((role, unit)))

    def _unit(self, where: str) -> str:
        if where == "lead":
            return self.lead
        if where == "handler":
            return self.handler
        return self.co[int(where.removeprefix("co"))]

    @property
    def handler(self) -> str:
        """The unit that an internal referral goes to: the discipline organ for branch 12.1 (JY-12.1)."""
        return self.discipline if self.branch == "12.1" else self.lead

    @property
    def branch(self) -> str:
        """The branch of an internal referral, as far as the pack has it."""
        wanted = self.options.get("branch", "12.2a")
        return wanted if wanted in self.rules.internal_branches else "12.3"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `child`: on which of a parallel dispatch's children, by its count."""

    gap: str
    by: str
    make: Callable[[Scene], Command]


def _register(scene: Scene) -> Command:
    said, options = scene.said, scene.options
    emergency = None
    if "emergency" in options:
        level = "critical" if "critical" in options else "major"
        ground = next(iter(scene.rules.emergency_grounds), "")
        emergency = EmergencyForm(level=level, place=said.place, facts=said.content, ground=ground)
    channels = [name for name in scene.rules.channels if name not in ("upper", "jiangsu", "forum", "wuxi")]
    by_phone = emergency is not None or scene.chance.random() < 0.55
    return cmd.Register(
        type=said.topic.type,
        channel=options.get("channel") or ("phone" if by_phone else scene.chance.choice(channels)),
        appellant="enterprise" if "enterprise" in options else "citizen",
        publish="no" if scene.chance.random() < 0.25 and "public" not in options else "yes",
        content=said.content,
        place=said.place,
        target_unit=scene.co[0] if said.topic.type == "report" else "",
        target_person="窗口工作人员（演示）" if said.topic.type == "report" else "",
        system="original" if "original" in options else "",
        upper_due=_full_hour(scene.now) + timedelta(days=3) if options.get("channel") == "upper" else None,
        utility=True if "utility" in options else None,
        matter=options.get("matter", ""),
        real_name=True,
        written_opinion=True if "written" in options else None,
        emergency=emergency,
    )


def _file(scene: Scene) -> Command:
    """File online, as the portal does: a citizen, by the web."""
    said = scene.said
    return cmd.Register(
        type=said.topic.type,
        channel="web",
        appellant="citizen",
        publish="yes",
        content=said.content,
        place=said.place,
        real_name=True,
    )


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _reply(scene: Scene, *, final_opinion: bool = False) -> Command:
    return cmd.Reply(
        text=f"{scene.said.answer}已电话告知诉求人。",
        kind="final",
        document="答复意见书（演示）" if "written" in scene.options else "",
        final_opinion=final_opinion or None,
        withhold="办理结果涉及另一户居民的家庭情况。" if _is_withheld(scene) else "",
    )


def _is_withheld(scene: Scene) -> bool:
    """Tell whether the unit suggests that its answer be not public, where the rules know such a suggestion."""
    return "withheld" in scene.options and 3 in scene.rules.publish_exceptions


def _extension(scene: Scene) -> Command:
    return cmd.RequestExtension(
        reason="涉及多个权属单位，需现场联合勘查",
        by_workdays=2 if _counts_office_time(scene) else None,
        by_days=None if _counts_office_time(scene) else 2,
        progress="已完成现场踏勘，材料已收集",
        next_steps="组织联合会商后实施整改",
        leader_consent=Attestation(at=scene.now, text="同意延期"),
        citizen_informed=Attestation(at=scene.now, channel="phone", text="已电话告知延期原因"),
    )


def _counts_office_time(scene: Scene) -> bool:
    limit = scene.rules.sign_limit
    return limit is None or limit.is_working


def _link(scene: Scene) -> Command:
    return cmd.Link(to=scene.beside.order_id if scene.beside is not None else "")


def _reject(scene: Scene) -> Command:
    codes = [code for code in scene.rules.reject_codes if code not in ("R5", "R9")]
    code = scene.chance.choice(codes)
    return cmd.Reject(
        code=code,
        explanation="该事项不属于热线受理范围，已告知诉求人依法向有权机关提出。",
        procedure="诉讼" if code == "R2" else "",
        missing="事发地点，问过三次未提供" if code == "R4b" else "",
    )


def _answer(scene: Scene) -> Command:
    known = scene.said.topic.type == "consult"
    return cmd.Answer(
        article=scene.said.topic.title if known else "",  # the player puts in the number of the city's article
        no_article=None if known else True,
        text=scene.said.answer,
    )


def _refer(scene: Scene) -> Command:
    cadre = "other" if scene.branch == "12.2a" else ""
    return cmd.Refer(
        branch=scene.branch,
        handler=scene.handler,
        cadre=cadre,
        ground="反映内容可能与实际有较大出入，宜先行核实" if scene.branch == "12.3" else "",
    )


def _result(scene: Scene) -> Command:
    return cmd.ReturnResult(to=("office", "discipline"), text=scene.said.answer)


_HAPPY = ("very_satisfied", "satisfied", "satisfied", "basically_satisfied")

STEPS: Mapping[str, Step] = {
    # intake
    "file": Step("0", "citizen", _file),
    "register": Step("0", "seat", _register),
    "answer": Step("3..9", "seat", _answer),
    "expert": Step("5..15", "specialist", _answer),
    "number": Step("1", "seat", lambda scene: cmd.ReferEmergency(number=scene.chance.choice(("110", "119", "120")))),
    "reject": Step("4", "seat", _reject),
    "propose9": Step(
        "8", "seat", lambda scene: cmd.ProposeRejection(explanation="同一内容反复来电，没有具体诉求。")
    ),
    "reject9": Step(
        "20", "supervisor", lambda scene: cmd.Reject(code="R9", explanation="诉求内容恶意重复，经研究不予受理。")
    ),
    "ask": Step("6", "seat", lambda scene: cmd.AskAcceptance(unit=scene.lead)),
    "opinion": Step(
        "opinion*0.4",
        "officer@lead",
        lambda scene: cmd.GiveOpinion(document="书面不予受理意见（演示）", evidence=("权属证明", "现场照片")),
    ),
    "confirm": Step("60..120", "supervisor", lambda scene: cmd.ConfirmOpinion(reason="意见和依据充分")),
    "overrule": Step("60..120", "supervisor", lambda scene: cmd.RefuseOpinion(reason="属于该单位职责，应当受理")),
    "submit": Step("4..9", "seat", lambda scene: cmd.Submit()),
    "submit_many": Step("4..9", "seat", lambda scene: cmd.Submit(lead_needed=True)),
    "link": Step("15..40", "dispatcher", _link),
    "repeat": Step("10", "dispatcher", lambda scene: cmd.MarkRepeat(reason="一个月内反映同一事项")),
    "decline": Step(
        "20", "dispatcher", lambda scene: cmd.DeclineDispatch(explanation="该事项已多次按时答复，没有新的情况。")
    ),
    # dispatch
    "dispatch": Step(
        "dispatch*0.35", "dispatcher", lambda scene: cmd.Dispatch(unit=scene.lead, basis="按部门职责清单")
    ),
    "direct": Step(
        "dispatch*0.35",
        "dispatcher",
        lambda scene: cmd.Dispatch(unit=scene.lead, basis="按部门职责清单", direct_answerable=True),
    ),
    "dispatch_co": Step(
        "dispatch*0.5",
        "dispatcher",
        lambda scene: cmd.Dispatch(units=(scene.lead, *scene.co), lead=scene.lead, basis="职责交叉，明确牵头"),
    ),
    "split": Step(
        "dispatch*0.5",
        "dispatcher",
        lambda scene: cmd.Dispatch(units=(scene.lead, scene.co[0]), parallel=True, basis="两个事项分别办理"),
    ),
    "sign": Step("sign*0.3", "officer@lead", lambda scene: cmd.Sign()),
    "sign_co0": Step("sign*0.1", "officer@co0", lambda scene: cmd.Sign()),
    "sign_co1": Step("sign*0.1", "officer@co1", lambda scene: cmd.Sign()),
    "return": Step(
        "sign*0.2",
        "officer@lead",
        lambda scene: cmd.RequestReturn(
            reason="权属不在本单位", basis="权属移交清单第三条", suggest=scene.co[0]
        ),
    ),
    "accept_return": Step("30..60", "dispatcher", lambda scene: cmd.AcceptReturn(reason="依据成立")),
    "refuse_return": Step("30..60", "dispatcher", lambda scene: cmd.RefuseReturn(reason="职责清单载明由该单位负责")),
    "dispatch_next": Step(
        "15..30", "dispatcher", lambda scene: cmd.Dispatch(unit=scene.co[0], basis="退回后按权属交办")
    ),
    "coordinate": Step(
        "sign*0.2", "officer@lead", lambda scene: cmd.RequestCoordination(question="道路两侧权属不同，请明确牵头单位")
    ),
    "name_lead": Step(
        "120..240", "convener", lambda scene: cmd.NameLead(lead=scene.lead, co=scene.co[:1])
    ),
    # handling
    "contribute": Step(
        "handle*0.1", "officer@co0", lambda scene: cmd.Contribute(text="本单位部分已完成：" + scene.said.answer)
    ),
    "extend": Step("handle*0.8", "officer@lead", _extension),
    "grant": Step("20..50", "auditor", lambda scene: cmd.ApproveExtension(reason="情况属实")),
    "refuse": Step("20..50", "auditor", lambda scene: cmd.RefuseExtension(reason="理由不充分，请按期办结")),
    "progress": Step(
        "handle*0.2",
        "officer@lead",
        lambda scene: cmd.Reply(text="已派员到现场查看，正在制定整改方案。", kind="preliminary"),
    ),
    "chief": Step(
        "handle*0.2", "chief@lead", lambda scene: cmd.LeaderFollowUp(text="主要负责人到场督办，约见诉求人。")
    ),
    "approve": Step("5..9", "leader@lead", lambda scene: cmd.ApproveReply()),
    "reply": Step("handle*0.35", "officer@lead", _reply),
    "reply_now": Step("3", "officer@lead", _reply),
    "reply_final": Step("handle*0.3", "officer@lead", lambda scene: _reply(scene, final_opinion=True)),
    "closed_there": Step(
        "handle*0.3", "connector", lambda scene: cmd.SyncClosed(message=f"demo-{scene.order_id[-12:]}-1")
    ),
    "result_there": Step(
        "3",
        "connector",
        lambda scene: cmd.SyncResult(message=f"demo-{scene.order_id[-12:]}-2", result=scene.said.answer),
    ),
    # checking
    "pass": Step("audit*0.2", "auditor", lambda scene: cmd.PassAudit()),
    "send_back": Step(
        "audit*0.2",
        "auditor",
        lambda scene: cmd.RejectAudit(defect="vague", comment="未说明整改期限和责任人，请补充。"),
    ),
    "phone_satisfied": Step(
        "callback*0.3",
        "callback_agent",
        lambda scene: cmd.Callback(reached=True, satisfied=scene.chance.choice(_HAPPY), resolved=True),
    ),
    "sms_satisfied": Step(
        "30..300", "citizen", lambda scene: cmd.AnswerSms(satisfied=scene.chance.choice(_HAPPY), resolved=True)
    ),
    "rate": Step("callback*0.2", "citizen", lambda scene: cmd.Rate(satisfied="satisfied", resolved=True)),
    "no_objection": Step(
        "callback*0.3", "callback_agent", lambda scene: cmd.Callback(reached=True, objection=False)
    ),
    "phone_dissatisfied": Step(
        "callback*0.3",
        "callback_agent",
        lambda scene: cmd.Callback(reached=True, satisfied="dissatisfied", resolved=False, objection=True),
    ),
    "sms_dissatisfied": Step(
        "30..200", "citizen", lambda scene: cmd.AnswerSms(satisfied="dissatisfied", resolved=False)
    ),
    "missed_call": Step("callback*0.15", "callback_agent", lambda scene: cmd.Callback(reached=False)),
    "missed_next_day": Step("1d", "callback_agent", lambda scene: cmd.Callback(reached=False)),
    "give_up": Step("20", "callback_agent", lambda scene: cmd.CloseUnreached()),
    "judge": Step("200..400", "supervisor", lambda scene: cmd.Judge(verdict="reasonable", adviser="法律顾问（演示）")),
    "judge_no": Step(
        "200..400", "supervisor", lambda scene: cmd.Judge(verdict="unreasonable", adviser="法律顾问（演示）")
    ),
    "again": Step("20..60", "dispatcher", lambda scene: cmd.Redispatch()),
    "decide": Step("100..300", "supervisor", lambda scene: cmd.Close(reason="已按政策答复到位，诉求超出现行规定。")),
    "reopen": Step("1d..2d", "supervisor", lambda scene: cmd.Reopen(finding="回头看发现整改不到位，重新办理。")),
    # publication
    "publish": Step("10", "auditor", lambda scene: cmd.Publish()),
    "withdraw": Step(
        "1d",
        "auditor",
        lambda scene: cmd.Withdraw(
            exception=3 if _is_withheld(scene) else None, basis="含有他人信息"
        ),
    ),
    "keep_private": Step("1d", "citizen", lambda scene: cmd.SetPublish(publish="no")),
    # urging and supervision
    "urge": Step("handle*0.1", "citizen", lambda scene: cmd.Urge(text="还没有人联系我，请催一下。")),
    "urge_office": Step("20", "office", lambda scene: cmd.Urge(text="请抓紧办理并反馈进展。")),
    "supervise": Step("30..90", "issuer", lambda scene: cmd.Supervise(category="K2", ground="逾期未办结")),
    "agree": Step("supervision*0.2", "leader@lead", lambda scene: cmd.ApproveFeedback()),
    "feed_back": Step("20", "officer@lead", lambda scene: cmd.FeedBack(text="已明确专人，三日内办结。")),
    "accept_feedback": Step("60", "issuer", lambda scene: cmd.AcceptFeedback(finding="措施可行")),
    "reject_feedback": Step("60", "issuer", lambda scene: cmd.RejectFeedback(finding="推诿，没有实质措施")),
    "measure": Step("120", "issuer", lambda scene: cmd.Measure(kind="interview", ground="督办后仍未整改")),
    "remind": Step("90", "office", lambda scene: cmd.Remind(text="请按期办结，已提醒。")),
    "hand_over": Step("90", "office", lambda scene: cmd.TransferToDiscipline(reason="多次提醒仍未整改")),
    # emergency
    "report": Step("2", "seat", lambda scene: cmd.Report()),
    "ask_decision": Step("2", "duty_leader", lambda scene: cmd.AskDecision()),
    "respond": Step("2", "decider", lambda scene: cmd.Decide(respond=True)),
    "ordinary": Step("2", "decider", lambda scene: cmd.Decide(respond=False)),
    "phone_unit": Step("2", "seat", lambda scene: cmd.PhoneUnit(unit=scene.lead)),
    "dispatch_now": Step("2", "dispatcher", lambda scene: cmd.Dispatch(unit=scene.lead, basis="应急交办")),
    "started": Step("12", "officer@lead", lambda scene: cmd.Respond(started=True)),
    "jointly": Step(
        "14", "officer@lead", lambda scene: cmd.Respond(joint_with=scene.co[0], reason="需联合封控现场")
    ),
    "add_unit": Step("3", "dispatcher", lambda scene: cmd.Dispatch(unit=scene.co[0], basis="联合处置")),
    "handled": Step("60..100", "officer@lead", lambda scene: cmd.Handled()),
    # internal referral
    "propose": Step("10..20", "dispatcher", lambda scene: cmd.ProposeReferral()),
    "refer": Step("30..60", "designated_officer", _refer),
    "notify": Step("30..60", "designated_officer", lambda scene: cmd.NotifyAppellant()),
    "approve_result": Step("handle*0.5", "leader@handler", lambda scene: cmd.ApproveReply()),
    "result": Step("10", "officer@handler", _result),
    "close_referral": Step("60..120", "designated_officer", lambda scene: cmd.CloseReferral()),
}  # fmt: skip


def expand(path: str, rules: Rules) -> list[tuple[str, str]]:
    """Return the steps' names, with the gap that the path gives them or an empty text, as the pack has them.

    `answered`, `satisfied`, `dissatisfied`, `wanting` (in REDO) and `extend` differ between packs.
    """
    by_sms = rules.callback_chain[0] == "sms"
    leader = rules.reply_approval != "none"
    alike = {
        "answered": "approve:handle*0.3 reply:5..20" if leader else "reply",
        "answered_now": "approve:3 reply_now" if leader else "reply_now",
        "answered_finally": "approve:handle*0.3 reply_final:5..20",
        "satisfied": "sms_satisfied" if by_sms else "phone_satisfied",
        "dissatisfied": "sms_dissatisfied phone_dissatisfied" if by_sms else "phone_dissatisfied",
        "objection": "judge" if rules.research_panel else "",
        # The window of the last 24 hours opens a whole period after the dispatch (JY-11a).
        "extend": "extend:handle*1.0^dispatch" if rules.ext_window == "last_24h" else "extend:handle*0.7",
    }
    if rules.emergency_track == "special":
        alike |= {"report": "", "ask_decision": "", "respond": ""}
    found = []
    for word in path.split():
        name, _, gap = word.partition(":")
        if name in alike and not gap and alike[name] != word:
            for each in alike[name].split():
                part, _, own = each.partition(":")
                found.append((part, own))
        else:
            found.append((name, gap))
    return found
