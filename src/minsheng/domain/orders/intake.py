"""From the first word to the work order: registering, answering, refusing, submitting, matters and repeats."""

from __future__ import annotations

import calendar
import re
from dataclasses import fields as dataclass_fields
from datetime import datetime
from typing import Any, Final

from minsheng.domain.actors import is_person
from minsheng.domain.lifecycle import at_stage, hold_to_list, require
from minsheng.domain.orders import closing, restraint
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case, digest, not_now, usable_unit
from minsheng.domain.orders.order import DETERMINE, DRAFT, EMERGENCY, NEW, REPEATABLE, SUBMITTED, Order
from minsheng.domain.rejected import Rejected

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _appeal(case: Case) -> cmd.AppealFields:
    assert isinstance(case.command, cmd.AppealFields)
    return case.command


@at_stage("fields", wants=("type", "channel"))
def registrable(case: Case) -> None:
    """Refuse a registration without kind and channel, or an emergency without place and facts (JY-35a)."""
    form = _appeal(case)
    missing = [name for name in ("type", "channel") if not getattr(form, name)]
    if form.emergency is not None:
        missing += [name for name in ("place", "facts") if not getattr(form.emergency, name)]
    if missing:
        raise Rejected("field_missing", fields=tuple(missing))
    _hold_to_lists(case)


def _hold_to_lists(case: Case) -> None:
    """Refuse a kind, a channel or a unit that the city does not name, whatever door it comes through (SZ-26, JY-8d)."""
    form = _appeal(case)
    hold_to_list(form.type, case.rules.appeal_types)
    hold_to_list(form.channel, case.rules.channels)
    # Whoever is complained about is kept from the identity by the unit's name: it must be one that the city has.
    if form.target_unit and case.facts.units.get(form.target_unit) is None:
        raise Rejected("unit_unknown", unit=form.target_unit)


@at_stage("role")
def taken_by_the_hotline(case: Case) -> None:
    """Leave the emergency track to the hotline: a citizen in danger rings an emergency number (JY-6.2, JY-34b)."""
    if case.by.role == "citizen" and _appeal(case).emergency is not None:
        raise Rejected("not_your_role", role=case.by.role)


@at_stage("fields", wants=("content",))
def complete_when_filed(case: Case) -> None:
    """Hold what a citizen files to what the pack wants of an order: nobody asks them again (JY-9.8.2, SQ-10.1)."""
    if case.by.role == "citizen":
        _hold_complete(case, _registered(case, ev.Registered))


@at_stage("fields")
def session_collects(case: Case) -> None:
    """Refuse what a session is said to have collected that does not exist or is over (AR-1.3)."""
    if _appeal(case).programme and case.facts.session in ("", "CLOSED", "FOLLOWED_UP"):
        raise Rejected("session_over")


@at_stage("fields")
def call_has_an_id(case: Case) -> None:
    """Refuse what is no id of a call: it stands in the ledger in clear, and a number may not."""
    form = case.command
    assert isinstance(form, cmd.AppealFields | cmd.ThreeWay | cmd.TransferCall)
    if form.call and not _ID.fullmatch(form.call):
        raise Rejected("call_unknown")


@at_stage("fields")
def emergency_grounded(case: Case) -> None:
    """Refuse an emergency on a ground that the city does not have, or without what the ground rests on (JY-34).

    A person has to name one; programs and stories, in which nobody has a name, may leave it to the facts.
    """
    emergency, grounds = _appeal(case).emergency, case.rules.emergency_grounds
    if emergency is None:
        return
    if not emergency.ground and grounds and is_person(case.by):
        raise Rejected("field_missing", fields=("emergency_ground",))
    hold_to_list(emergency.ground, grounds)
    wanted = case.rules.emergency_ground_wants.get(emergency.ground, "")
    if wanted and not getattr(emergency, wanted):
        raise Rejected("field_missing", fields=(f"emergency_{wanted}",))
    if emergency.happening is not None and emergency.happening > case.now:
        raise Rejected("not_happening_yet")


@at_stage("state")
def emergency_track_on(case: Case) -> None:
    """Refuse the emergency track where the pack has none (JY-32)."""
    if _appeal(case).emergency is not None and not case.rules.emergency_enabled:
        raise Rejected("not_allowed_now", status=case.order.status)


def _registered(case: Case, event: type[ev.Registered]) -> ev.Registered:
    form, order = _appeal(case), case.order
    words = form.said
    return event(
        type=form.type or order.type,
        channel=form.channel or order.channel,
        appellant=form.appellant or order.appellant,
        publish=form.publish or order.publish,
        content_digest=digest(words) if words else "",
        has_content=bool(words) or order.has_content,
        has_place=bool(form.place or (form.emergency and form.emergency.place)) or order.has_place,
        target_unit=form.target_unit or order.target_unit,
        line=form.line or order.line,
        system=form.system or order.system or "12345",
        upper_due=form.upper_due or order.upper_due,
        utility=bool(form.utility) or order.utility,
        matter=form.matter or order.matter,
        real_name=bool(form.real_name) or order.real_name,
        written_opinion=bool(form.written_opinion) or order.written_opinion,
        confidential=bool(form.confidential) or order.confidential,
        level=form.emergency.level if form.emergency else order.level,
        parent=order.parent,
        programme=form.programme or order.programme,
        call=form.call,
        **_grounds(case),
    )


def _grounds(case: Case) -> dict[str, Any]:
    """Return why it is an emergency, and the center's newest plan in force (JY-32, JY-34)."""
    emergency = _appeal(case).emergency
    if emergency is None:
        return {}
    return {
        "ground": emergency.ground,
        "plan": next(iter(case.facts.plans), ""),
    }


def register(case: Case) -> None:
    """Put the appeal on record. Source: SZ-15.1, JY-9.1a, SQ-10.1; emergencies JY-35a.

    What a citizen files waits for the hotline to accept it, under a clock of its own.
    """
    emergency = _appeal(case).emergency is not None
    if case.by.role == "citizen":
        case.start("acceptance", case.rules.acceptance_limit, key="acceptance_limit")
    if emergency and case.rules.emergency_track == "full":
        case.start("report", case.rules.emergency_step_alert, key="emergency_step_alert")
    case.record(_registered(case, ev.Registered), status=EMERGENCY if emergency else DRAFT)
    if emergency and case.rules.emergency_track == "special":
        start_response(case)
        case.record(ev.ResponseDecided(True))


def start_response(case: Case) -> None:
    """Start the dispatch of an emergency; the special track begins here, without a chain of reports (SZ-15.3b)."""
    case.start("emergency_dispatch", case.rules.emergency_dispatch_limit, key="emergency_dispatch_limit")
    case.tell("emergency_decided", "dispatcher")


@at_stage("fields", wants=("type", "channel", "content", "appellant"))
def submittable(case: Case) -> None:
    """Refuse an order without what the pack wants of it (JY-9.8.2, SQ-10.1)."""
    form, order = _appeal(case), case.order
    if form.emergency is not None:
        raise Rejected("not_allowed_now", status=order.status)
    _hold_to_lists(case)
    _hold_complete(case, _registered(case, ev.Registered))


# Words and places are kept outside the facts, which say only that they were given.
_HELD_AS = {"content": "has_content", "place": "has_place"}


def _hold_complete(case: Case, event: ev.Registered) -> None:
    missing = [name for name in ("type", "channel") if not getattr(event, name)]
    for name in case.rules.submit_fields:
        if name == "publish" and event.type == "report":
            continue  # reports about people may be referred internally, where nobody is asked (JY-12.0)
        if not getattr(event, _HELD_AS.get(name, name)):
            missing.append(name)
    online = event.channel in case.rules.online_channels
    if case.rules.real_name == "required_online" and online and not event.real_name:
        missing.append("real_name")
    if missing:
        raise Rejected("field_missing", fields=tuple(missing))


def submit(case: Case) -> None:
    """Hand the order to dispatch. Source: SZ-15.3a, JY-10.1, SQ-10.3; repeats SQ-19a."""
    form = _appeal(case)
    if case.order.status == NEW:
        case.record(_registered(case, ev.Registered), status=DRAFT)
    elif _names_anything(form):
        case.record(_registered(case, ev.Completed))
    case.meet("acceptance")
    lead_needed = bool(form.lead_needed)
    of_registration = case.rules.dispatch_starts_at == "registered"
    start_dispatch(case, lead_needed=lead_needed, since=case.order.registered_at if of_registration else None)
    case.record(ev.Submitted(lead_needed), status=SUBMITTED)
    branch = detected_repeat(case)
    if branch:
        case.record(ev.RepeatMarked(branch))
    if case.facts.matter.not_accepted:
        case.say("matter_not_accepted")
    if case.order.channel in case.rules.upper_channels and "K3" in case.rules.supervision_auto_rules:
        closing.suggest_supervision(case, "K3", "upper")


def _names_anything(form: cmd.AppealFields) -> bool:
    return any(
        getattr(form, each.name) not in ("", None) for each in dataclass_fields(form) if each.name != "lead_needed"
    )


def start_dispatch(case: Case, *, lead_needed: bool, since: datetime | None = None) -> None:
    """Start the hotline's clock for dispatching, from now or from `since` (JY-10.1a, JY-10.1b)."""
    limit, key = case.rules.dispatch_limit, "dispatch_limit"
    if lead_needed:
        limit, key = case.rules.dispatch_limit_multi, "dispatch_limit_multi"
    case.start("dispatch", limit, key=key, since=since)


def detected_repeat(case: Case) -> str:
    """Return the branch of SQ-19a that the appeal meets with certainty, or an empty text.

    Only complaints and reports count (A-77). One month after the closing is the same day and time of the next month,
    clipped to its end, inclusive (A-09); six days are six times 24 hours from the first complaint that is still
    unsettled, exclusive (A-08).
    """
    rules, matter = case.rules, case.facts.matter
    if rules.repeat_policy != "escalate_leader" or case.order.type not in REPEATABLE:
        return ""
    if matter.last_handled_at is not None and case.now <= month_later(matter.last_handled_at, case):
        return "within_month"
    if matter.first_open_at is not None and rules.repeat_unresolved_after is not None:
        if case.now > rules.worktime.due(matter.first_open_at, rules.repeat_unresolved_after).moment:
            return "unresolved"
    return ""


def month_later(moment: datetime, case: Case) -> datetime:
    """Return the same day and time of the next month, clipped to the month's end (A-09)."""
    local = moment.astimezone(case.rules.worktime.zone)
    months = local.month - 1 + (case.rules.repeat_month_window or 1)
    year, month = local.year + months // 12, months % 12 + 1
    return local.replace(year=year, month=month, day=min(local.day, calendar.monthrange(year, month)[1]))


@at_stage("fields")
def article_or_none(case: Case) -> None:
    """Refuse an online answer that names no article, or one that may not be cited today, and does not say that there
    is none (JY-9.1a). Whom somebody answered in a talk of three needs none (SZ-15.2).
    """
    assert isinstance(case.command, cmd.Answer)
    if not case.command.article and not case.command.no_article and not case.order.helped:
        raise Rejected("field_missing", fields=("article",))
    if case.facts.citation_fault:
        raise Rejected(case.facts.citation_fault, value=case.command.article)


def answer(case: Case) -> None:
    """Answer at once. Source: SZ-15.2, JY-9.1a, SQ-8a."""
    assert isinstance(case.command, cmd.Answer)
    case.meet("acceptance")
    article = case.facts.citation if case.facts.citation is not None else case.command.article
    case.record(ev.Answered(article, case.command.text, case.order.helped))
    closing.close(case, "online")


@at_stage("fields")
def emergency_number(case: Case) -> None:
    """Refuse a number that is none of the emergency lines (A-27)."""
    assert isinstance(case.command, cmd.ReferEmergency)
    if case.command.number not in case.rules.emergency_numbers:
        raise Rejected("code_not_in_pack", value=case.command.number)


def refer_emergency(case: Case) -> None:
    """Send the caller to an emergency line; no order comes of it. Source: SZ-13.6, JY-6.2, SQ-7.5."""
    assert isinstance(case.command, cmd.ReferEmergency)
    case.meet("acceptance")
    case.record(ev.EmergencyReferred(case.command.number))
    closing.close(case, "emergency_referral")


@at_stage("role")
def rejecting_authority(case: Case) -> None:
    """Keep R9 to the supervisor, and the other codes to the seat (SZ-13.7, SQ-7.6)."""
    assert isinstance(case.command, cmd.Reject)
    if case.command.code == "R9" and case.by.role != "supervisor":
        raise Rejected("wrong_authority")
    if case.command.code != "R9" and case.by.role == "supervisor":
        raise Rejected("not_your_role", role=case.by.role)


@at_stage("fields", wants=("code", "explanation"))
def rejecting_code(case: Case) -> None:
    """Refuse a code that the pack lacks, R2 without its procedure, R4b without one of its two grounds (A-83), or R5
    where nothing final was answered.

    Source: SZ-13.2, SZ-13.4, SZ-13.5, JY-6.4, JY-6.8, JY-13.4, SQ-7.2, SQ-7.4.
    """
    assert isinstance(case.command, cmd.Reject)
    require(case, ("code", "explanation"))
    hold_to_list(case.command.code, case.rules.reject_codes)
    if case.command.code == "R2":
        require(case, ("procedure",))
    if case.command.code == "R4b" and not (case.command.missing.strip() or case.command.no_basis.strip()):
        raise Rejected("field_missing", fields=("missing", "no_basis"))
    if case.command.code == "R5" and not may_be_declined(case):
        raise Rejected("not_yet_enough_answers", count=case.facts.matter.timely_answers)


def reject(case: Case) -> None:
    """Not accept, with an explanation. Source: SZ-14b, JY-7."""
    form = case.command
    assert isinstance(form, cmd.Reject)
    case.meet("acceptance")
    procedure = form.procedure if form.code == "R2" else ""
    missing, no_basis = (form.missing, form.no_basis) if form.code == "R4b" else ("", "")
    case.record(ev.NotAccepted(form.code, form.explanation, procedure, missing, no_basis))
    closing.close(case, "rejected")
    restraint.seal(case)


@at_stage("state")
def rejection_open(case: Case) -> None:
    """Refuse a second proposal while one waits, and any where the pack has no R9 (SZ-13.7, SQ-7.6)."""
    if case.order.rejection_proposed or "R9" not in case.rules.reject_codes:
        raise not_now(case)


def propose_rejection(case: Case) -> None:
    """Propose not to accept; the appeal waits for the supervisor. Source: SZ-13.7, SQ-7.6."""
    assert isinstance(case.command, cmd.ProposeRejection)
    case.tell("rejection_proposed", "supervisor")
    case.record(ev.RejectionProposed(case.command.explanation))


@at_stage("state")
def rejection_waits(case: Case) -> None:
    """Refuse to decide on a proposal that nobody made."""
    if not case.order.rejection_proposed:
        raise not_now(case)


def dismiss_rejection(case: Case) -> None:
    """Not follow the proposal: the seat answers or submits. Source: SZ-13.7, SQ-7.6."""
    assert isinstance(case.command, cmd.DismissRejection)
    case.tell("rejection_dismissed", "seat")
    case.record(ev.RejectionDismissed(case.command.reason))


@at_stage("fields")
def acceptance_unit(case: Case) -> None:
    """Refuse a question to nobody where units give the opinion (SZ-14c)."""
    assert isinstance(case.command, cmd.AskAcceptance)
    if case.rules.undecided_acceptance == "unit_written_opinion":
        require(case, ("unit",))
        usable_unit(case, case.command.unit)


def ask_acceptance(case: Case) -> None:
    """Ask a unit for its written opinion, or the superior. Source: SZ-14c, SQ-8b (A-33)."""
    assert isinstance(case.command, cmd.AskAcceptance)
    unit = case.command.unit
    case.meet("acceptance")
    if case.rules.undecided_acceptance != "unit_written_opinion":
        case.tell("acceptance_task", "supervisor")
        case.record(ev.AcceptanceAsked(unit))
        return
    case.start("sign", case.rules.sign_limit, key="sign_limit", unit=unit)
    case.start("opinion", case.rules.determine_limit, key="determine_limit", unit=unit)
    case.tell_unit("acceptance_asked", unit)
    case.record(ev.AcceptanceAsked(unit), status=DETERMINE)


@at_stage("fields", wants=("document", "evidence"))
def opinion_proven(case: Case) -> None:
    """Refuse an opinion without document or evidence (SZ-14c)."""
    assert isinstance(case.command, cmd.GiveOpinion)
    if not case.command.document:
        raise Rejected("document_missing")
    if not any(case.command.evidence):
        raise Rejected("evidence_missing")


@at_stage("state")
def opinion_wanted(case: Case) -> None:
    """Refuse a second opinion while one waits for its review."""
    if case.order.opinion_given:
        raise Rejected("not_allowed_now", status=case.order.status)


@at_stage("state")
def opinion_waits(case: Case) -> None:
    """Refuse to decide on an opinion that was not given."""
    if not case.order.opinion_given:
        raise Rejected("not_allowed_now", status=case.order.status)


def give_opinion(case: Case) -> None:
    """Give the written opinion of non-acceptance. Source: SZ-14c."""
    assert isinstance(case.command, cmd.GiveOpinion)
    unit = case.order.lead
    case.meet("sign", unit)
    case.meet("opinion", unit)
    case.start("opinion_review", case.rules.opinion_review_limit, key="opinion_review_limit")
    case.tell("opinion_given", "supervisor")
    case.record(ev.OpinionGiven(unit, case.command.document, case.command.evidence))


def confirm_opinion(case: Case) -> None:
    """Confirm non-acceptance: closed, and left out of the assessment unless the supervisor says not (SZ-14c, A-40)."""
    form = case.command
    assert isinstance(form, cmd.ConfirmOpinion)
    case.meet("opinion_review")
    excluded = case.rules.nonaccept_excluded_from_assessment if form.excluded is None else form.excluded
    case.record(ev.OpinionDecided(True, form.reason, excluded))
    closing.close(case, "not_accepted")


def refuse_opinion(case: Case) -> None:
    """Refuse non-acceptance: an ordinary order (SZ-14c)."""
    assert isinstance(case.command, cmd.RefuseOpinion)
    case.meet("opinion_review")
    start_dispatch(case, lead_needed=case.order.lead_needed)
    case.record(ev.OpinionDecided(False, case.command.reason, False), status=SUBMITTED)


@at_stage("state", wants=("to",))
def link_target_open(case: Case) -> None:
    """Refuse to link to nothing, to itself or its whole, or to what is closed or hidden (JY-6.6)."""
    assert isinstance(case.command, cmd.Link)
    require(case, ("to",))
    target = case.facts.target
    if target is None or target.id in (case.order.id, case.order.parent) or target.is_internal:
        raise Rejected("not_found")
    if not target.is_open:
        raise Rejected("not_allowed_now", status=target.status)


def link(case: Case) -> None:
    """Close as the same matter as an open order, which it urges. Source: JY-6.6 (A-10); repeats SQ-19."""
    target = case.facts.target
    assert target is not None
    branch = case.order.repeat
    case.record(ev.Linked(target.id, target.matter or target.id))
    closing.close(case, "linked")
    other = case.beside(target)
    for unit in _told_units(target):
        other.tell_unit("urged", unit)
    other.record(ev.LinkReceived(case.order.id))
    restraint.carry(other, case.order)
    if branch and not target.repeat:
        other.record(ev.RepeatMarked(branch, of=case.order.id))
    if branch:
        give_leader_duty(other)
    case.merge(other)
    restraint.spread(case, case.facts.target_kin)


def _told_units(order: Order) -> tuple[str, ...]:
    return (order.responsible_unit,) if order.responsible_unit else ()


def mark_repeat(case: Case) -> None:
    """Mark a repeated complaint by hand. Source: SQ-19a."""
    assert isinstance(case.command, cmd.MarkRepeat)
    matter = case.facts.matter
    settled = matter.first_open_at is None
    if case.facts.target is not None:
        settled = not case.facts.target.is_open
    branch = detected_repeat(case) or ("within_month" if settled else "unresolved")
    case.record(ev.RepeatMarked(branch, case.command.of, case.command.reason))
    give_leader_duty(case)


def unmark_repeat(case: Case) -> None:
    """Decide that it is no repeat; on an unmarked order the decision is recorded all the same."""
    assert isinstance(case.command, cmd.UnmarkRepeat)
    if case.order.responsible_unit:
        case.cancel("leader_follow_up", case.order.responsible_unit)
    case.record(ev.RepeatUnmarked(case.command.reason))


def give_leader_duty(case: Case) -> None:
    """Give the unit's leader the duty to follow up a repeated complaint, once a unit has it (SQ-19b, A-64)."""
    order = case.order
    unit = order.responsible_unit
    if not order.repeat or not unit or case.rules.repeat_policy != "escalate_leader" or order.leader_duty:
        return
    known = case.facts.units.get(unit)
    role = case.rules.repeat_leader.get(known.level if known is not None else "city", "head")
    case.tell("leader_duty", f"{role}@{unit}")
    case.start("leader_follow_up", case.rules.leader_follow_up_limit, key="leader_follow_up_limit", unit=unit)
    case.record(ev.LeaderDutyGiven(unit, role))


def may_be_declined(case: Case) -> bool:
    """Return whether enough was answered in the matter to stop (A-10, A-11)."""
    rules, matter = case.rules, case.facts.matter
    if matter.not_accepted:
        return True
    if rules.repeat_policy == "timely_count":
        return matter.timely_answers > (rules.repeat_timely_threshold or 0)
    return rules.repeat_policy == "final_opinion" and matter.final_opinion


@at_stage("bar")
def enough_answers(case: Case) -> None:
    """Refuse to stop before enough timely answers, or a final opinion, were given (JY-13.4, SZ-13.5)."""
    if not may_be_declined(case):
        raise Rejected(
            "not_yet_enough_answers",
            count=case.facts.matter.timely_answers,
            threshold=case.rules.repeat_timely_threshold or 0,
        )


@at_stage("consent")
def no_new_facts(case: Case) -> None:
    """Refuse to stop when the appellant has something new to say (JY-13.4)."""
    assert isinstance(case.command, cmd.DeclineDispatch)
    if case.command.new_facts:
        raise Rejected("new_facts_present")


def decline_dispatch(case: Case) -> None:
    """Not dispatch again, with an explanation to the appellant. Source: JY-13.4, SZ-13.5, SZ-14c."""
    assert isinstance(case.command, cmd.DeclineDispatch)
    case.record(ev.DispatchDeclined(case.command.explanation))
    closing.close(case, "not_redispatched")
