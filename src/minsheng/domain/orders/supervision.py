"""Urging and supervision, which run beside an order's state: urge, supervise, answer, measure, remind, hand over."""

from __future__ import annotations

from datetime import timedelta

from minsheng.domain.actors import is_person
from minsheng.domain.lifecycle import at_stage, hold_to_list, require
from minsheng.domain.orders import closing, suggesting
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case, digest, not_now
from minsheng.domain.orders.order import CLOSED, DRAFT, RESTRICTED, Order, Suggestion
from minsheng.domain.rejected import Rejected

HOUR = timedelta(hours=1)


@at_stage("window")
def urge_not_too_soon(case: Case) -> None:
    """Refuse an appellant who has urged just now; the refusal says from when on it is possible again."""
    assert isinstance(case.command, cmd.Urge)
    last, every = case.order.urged_at, case.rules.urge_every
    if case.command.joined and case.facts.joined is not None:
        last = case.facts.joined.urged_at
    if case.by.role != "citizen" or last is None or every is None:
        return
    opens = case.rules.worktime.due(last, every).moment
    if case.now < opens:
        raise Rejected("urge_too_soon", opens=opens)


@at_stage("window")
def unit_not_flooded(case: Case) -> None:
    """Refuse the office's urging of a unit that it has urged often within this hour; citizens have their own pause."""
    most, recent = case.rules.urge_unit_hourly, case.facts.unit_urges
    if case.by.role == "citizen" or most is None or len(recent) < most:
        return
    raise Rejected("urges_used_up", unit=case.order.responsible_unit, count=most, opens=recent[-most] + HOUR)


def urge(case: Case) -> None:
    """Urge. Source: SZ-39, SQ-18.0, JY-20.0."""
    assert isinstance(case.command, cmd.Urge)
    unit = case.order.responsible_unit
    if unit:
        case.tell_unit("urged", unit)
    else:
        case.tell("urged", _keeper(case))
    case.record(ev.Urged(case.command.text, case.command.joined))


def _keeper(case: Case) -> str:
    """Return who has an order that no unit has: it exists for them, and for others perhaps not (JY-12)."""
    return "designated_officer" if case.order.status == RESTRICTED else "dispatcher"


@at_stage("fields")
def material_given(case: Case) -> None:
    """Refuse an addition of neither words nor files."""
    assert isinstance(case.command, cmd.AddMaterial)
    if not case.command.text and not case.command.files:
        raise Rejected("field_missing", fields=("text",))


def add_material(case: Case) -> None:
    """Add what the appellant says or shows afterwards; whoever has the order is told. Source: JY-9.1a, SQ-10.1."""
    form = case.command
    assert isinstance(form, cmd.AddMaterial)
    unit = case.order.responsible_unit
    if unit:
        case.tell_unit("material_added", unit)
    else:
        case.tell("material_added", "seat" if case.order.status == DRAFT else _keeper(case))
    case.record(ev.MaterialAdded(digest(form.text) if form.text else "", form.files or 0, form.joined))


@at_stage("fields")
def tag_complete(case: Case) -> None:
    """Refuse what the media have without the place where they have it (SQ-18.3)."""
    assert isinstance(case.command, cmd.Tag)
    require(case, ("tag", "link") if case.command.tag == "media" else ("tag",))


@at_stage("state")
def not_tagged_yet(case: Case) -> None:
    """Refuse the same tag a second time."""
    assert isinstance(case.command, cmd.Tag)
    if case.command.tag in case.order.tags:
        raise not_now(case)


def tag(case: Case) -> None:
    """Tag the order; where the pack wants it, supervision is suggested at once. Source: SZ-12.5, SZ-40.1, SQ-6.9."""
    form = case.command
    assert isinstance(form, cmd.Tag)
    case.record(ev.Tagged(form.tag, form.link))
    category = suggesting.CATEGORY_OF[form.tag]
    if category in case.rules.supervision_auto_rules:
        closing.suggest_supervision(case, category, form.tag)


@at_stage("state")
def examinable(case: Case) -> None:
    """Refuse a finding about what no unit has, or what is neither dissatisfied nor supervised nor closed (JY-20.8)."""
    order = case.order
    blamed = order.satisfied is False or order.supervision is not None
    if not order.responsible_unit or not (blamed or order.status == CLOSED):
        raise not_now(case)
    assert isinstance(case.command, cmd.RecordFinding)
    if case.command.found == "responsible" and not blamed:
        raise not_now(case)


@at_stage("fields")
def finding_complete(case: Case) -> None:
    """Refuse a finding without its kind or its words; where there is no blame, there is no severity of it."""
    form = case.command
    assert isinstance(form, cmd.RecordFinding)
    require(case, ("found", "text"))
    if form.found == "none" and form.severity:
        raise Rejected("code_not_in_pack", value=form.severity)


# What a finding is to the unit: a breach of its own, a supervision order to be considered, or nothing.
_BREACH_OF = {"responsible": "careless_handling", "false_report": "false_report"}
_WATCHED = ("inadequate", "unwilling", "false_report")


def record_finding(case: Case) -> None:
    """Let a finding have its effects: breach, suggestion, push to the organs where it is serious.

    The lead of several units answers also for an appellant who stays dissatisfied (A-84).
    Source: JY-20.6, JY-20.8, SZ-41a, SQ-20a, SQ-21b.
    """
    form = case.command
    assert isinstance(form, cmd.RecordFinding)
    order = case.order
    # Who is not satisfied is not satisfied with what was answered, whoever has the order since.
    by_answer = order.satisfied is False and bool(order.answered_by)
    unit = order.answered_by if by_answer else order.responsible_unit or ""
    if code := _BREACH_OF.get(form.found):
        case.breach(code, unit)
    if by_answer and order.answered_jointly and not order.is_emergency and form.found == "responsible":
        case.breach("lead_failed", unit)
    organs = case.rules.severe_organs if form.severity == "serious" else ()
    for _ in organs:
        case.tell("pushed", "office")
    if form.found != "none":
        case.tell_unit("finding", unit)
    case.record(ev.FindingRecorded(unit, form.found, form.text, form.severity, organs))
    if form.found in _WATCHED:
        closing.suggest_supervision(case, "K2", form.found)


@at_stage("fields")
def push_waits(case: Case) -> None:
    """Refuse a receipt of nobody who was to give one, or without its number (SQ-21b)."""
    assert isinstance(case.command, cmd.FilePush)
    require(case, ("organ", "receipt"))
    hold_to_list(case.command.organ, case.order.pushed)


def file_push(case: Case) -> None:
    """Keep an organ's receipt. Source: SQ-21b."""
    assert isinstance(case.command, cmd.FilePush)
    case.record(ev.PushReceived(case.command.organ, case.command.receipt))


@at_stage("role")
def issuer(case: Case) -> None:
    """Keep supervision orders and measures to the pack's issuers (SZ-39, SZ-41c, SQ-18.0, SQ-21a; A-75)."""
    if case.by.role not in case.rules.supervision_issuer:
        raise Rejected("wrong_authority")


@at_stage("state")
def none_open(case: Case) -> None:
    """Refuse a second supervision order while one is open."""
    open_one = case.order.supervision
    if open_one is not None and open_one.is_open:
        raise not_now(case)


def supervise(case: Case) -> None:
    """Issue a supervision order to the responsible unit. Source: SZ-39, SZ-41a, SQ-20a, JY-20.8."""
    form = case.command
    assert isinstance(form, cmd.Supervise)
    unit = case.order.responsible_unit or "office"
    case.start("supervision", case.rules.supervision_limit, key="supervision_limit", unit=unit)
    _tell_supervised(case, unit)
    case.record(ev.SupervisionIssued(form.category, form.ground, unit, case.by.role))


@at_stage("state")
def suggestion_waits(case: Case) -> None:
    """Refuse to dismiss what nobody suggests, or what was decided already."""
    form, waiting = case.command, [each for each in case.order.suggestions if each.status == "open"]
    assert isinstance(form, cmd.DismissSuggestion)
    if not waiting or (form.category and not any(_is_meant(each, form) for each in waiting)):
        raise not_now(case)


def _is_meant(suggestion: Suggestion, form: cmd.DismissSuggestion) -> bool:
    return (suggestion.category, suggestion.ground) == (form.category, form.ground)


def dismiss_suggestion(case: Case) -> None:
    """Dismiss a suggestion; it stays on record with the reason. Source: SZ-40.1 to SZ-40.5, SQ-18.1 to SQ-18.5."""
    form = case.command
    assert isinstance(form, cmd.DismissSuggestion)
    case.record(ev.SuggestionDismissed(form.category, form.ground, form.reason))


@at_stage("state")
def unanswered_in_time(case: Case) -> None:
    """Refuse to raise a supervision order that still has time, or has its answer (B.5, D09)."""
    given = case.order.supervision
    timer = case.order.timer("supervision", given.unit) if given is not None else None
    if given is None or given.status != "ISSUED" or timer is None or timer.status != "missed":
        raise not_now(case)


def raise_supervision(case: Case) -> None:
    """Raise an unanswered supervision order to the next level, with a new limit. Source: SZ-41c, SQ-21a; B.5, D09."""
    given = case.order.supervision
    assert given is not None
    case.start("supervision", case.rules.supervision_limit, key="supervision_limit", unit=given.unit)
    _tell_supervised(case, given.unit)
    if given.unit != "office":
        case.tell("supervision", f"head@{given.unit}")
    case.record(ev.SupervisionRaised(given.unit, given.level + 1))


def _tell_supervised(case: Case, unit: str) -> None:
    """Tell the unit and its leader of a supervision order; the office where no unit has the order."""
    if unit == "office":
        case.tell("supervision", "office")
    else:
        case.tell_unit("supervision", unit)
        case.tell("supervision", f"leader@{unit}")


@at_stage("unit")
def supervised_unit(case: Case) -> None:
    """Keep the answer to the unit that the supervision order went to."""
    order = case.order.supervision
    if order is not None and order.unit != case.by.unit:
        raise Rejected("not_your_unit", unit=case.by.unit)


@at_stage("state")
def answer_wanted(case: Case) -> None:
    """Refuse an answer to a supervision order that nobody issued, or that has its answer."""
    if case.order.supervision is None or case.order.supervision.status != "ISSUED":
        raise not_now(case)


@at_stage("state")
def approval_wanted(case: Case) -> None:
    """Refuse to approve an answer that nobody waits for, or that is approved already."""
    answer_wanted(case)
    given = case.order.supervision
    if given is not None and given.approved:
        raise not_now(case)


def approve_feedback(case: Case) -> None:
    """Approve the unit's next answer to its supervision order. Source: JY-13.1c; B.5, D03."""
    case.record(ev.FeedbackApproved(case.by.unit or ""))


@at_stage("consent")
def feedback_agreed(case: Case) -> None:
    """Refuse a person's answer that no leader of the unit has approved (JY-13.1c; B.5, D03).

    Programs and stories, in which nobody has a name, are held by their roles, as with all that keeps people apart.
    """
    given = case.order.supervision
    if is_person(case.by) and given is not None and not given.approved:
        raise Rejected("feedback_not_approved")


def feed_back(case: Case) -> None:
    """Answer a supervision order. Source: SZ-41, SQ-18."""
    assert isinstance(case.command, cmd.FeedBack)
    unit = case.by.unit or ""
    case.meet("supervision", unit)
    for role in case.rules.supervision_issuer:
        case.tell("supervision_answered", role)
    case.record(ev.SupervisionAnswered(unit, case.command.text))


@at_stage("state")
def answer_waits(case: Case) -> None:
    """Refuse to decide on an answer that was not given."""
    if case.order.supervision is None or case.order.supervision.status != "FEEDBACK":
        raise not_now(case)


def accept_feedback(case: Case) -> None:
    """Accept the answer: the supervision order ends. Source: SZ-41."""
    assert isinstance(case.command, cmd.AcceptFeedback)
    case.record(ev.SupervisionDecided(True, case.command.finding))


def reject_feedback(case: Case) -> None:
    """Refuse the answer: the next level, with a new limit. Source: SZ-41c, SQ-21a."""
    assert isinstance(case.command, cmd.RejectFeedback)
    given = case.order.supervision
    assert given is not None
    case.start("supervision", case.rules.supervision_limit, key="supervision_limit", unit=given.unit)
    case.tell_unit("supervision", given.unit)
    case.record(ev.SupervisionDecided(False, case.command.finding))


@at_stage("state")
def ground_for_measure(case: Case) -> None:
    """Refuse a measure before a coordination, a failed supervision or a finding that the unit will not (SZ-41c)."""
    if not grounds_of(case.order):
        raise not_now(case)


def grounds_of(order: Order) -> tuple[str, ...]:
    """Return which of the three grounds of a measure an order carries. Source: SZ-41c, SQ-21a.

    `coordination`: there was one; `supervision`: its answer was rejected or did not come; `refusal`: whose it is is
    clear, and a finding says that the unit could and does not.
    """
    given = order.supervision
    timer = order.timer("supervision", given.unit) if given is not None else None
    failed = (timer is not None and timer.status == "missed") or (given is not None and given.level > 1)
    stands = (order.coordination or order.designated, failed, order.found == "unwilling")
    return tuple(ground for ground, is_met in zip(cmd.GROUNDS, stands, strict=True) if is_met)


def measure(case: Case) -> None:
    """Summon, publish or report the unit. Source: SZ-41c, SQ-21a."""
    form = case.command
    assert isinstance(form, cmd.Measure)
    unit = case.order.responsible_unit
    case.tell("measure", f"head@{unit}" if unit else "office")
    case.record(ev.MeasureTaken(form.kind, form.ground))


def remind(case: Case) -> None:
    """Remind the unit; reminders are counted. Source: JY-20.0, A-31."""
    assert isinstance(case.command, cmd.Remind)
    unit = case.order.responsible_unit
    if unit:
        case.tell_unit("reminded", unit)
        case.tell("reminded", f"leader@{unit}")
    case.record(ev.Reminded(case.command.text))


@at_stage("bar")
def enough_reminders(case: Case) -> None:
    """Refuse to hand over before enough reminders (JY-20.0)."""
    wanted = case.rules.reminders_before_transfer or 0
    if case.order.reminders < wanted:
        raise Rejected("reminders_missing", count=case.order.reminders, wanted=wanted)


@at_stage("fields")
def receivers_known(case: Case) -> None:
    """Refuse a receiver that the pack does not list (A-79)."""
    assert isinstance(case.command, cmd.TransferToDiscipline)
    for name in case.command.receivers:
        hold_to_list(name, case.rules.transfer_receivers)


def transfer_to_discipline(case: Case) -> None:
    """Hand the unit's conduct to organs of the pack, each of which owes a receipt. Source: JY-20.0, SQ-21b, A-79."""
    form = case.command
    assert isinstance(form, cmd.TransferToDiscipline)
    receivers = tuple(dict.fromkeys(form.receivers)) or case.rules.transfer_receivers[:1]
    case.tell("transferred", "discipline")
    case.record(ev.DisciplineInformed(form.reason, receivers, form.ground))
