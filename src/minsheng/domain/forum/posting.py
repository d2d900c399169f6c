"""What citizens write, and what the administrator lets in, hides, classifies and reports. Source: SZ-17, SZ-18."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from minsheng.domain import personal
from minsheng.domain.covering import covered, is_cover_of
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum import events as ev
from minsheng.domain.forum.shared import ADMIN, Case, not_now
from minsheng.domain.forum.state import ATTENTION, CLAIM, CLOCKS, FINAL, RATING, STANCE_CLOCK
from minsheng.domain.lifecycle import at_stage, hold_to_list, require
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import LAST_SECOND, ONE_DAY


@at_stage("window")
def has_forum(case: Case) -> None:
    """Refuse a thread in a city whose pack has no forum."""
    if case.rules.forum_final is None:
        raise not_now(case)


@at_stage("window")
def real_name(case: Case) -> None:
    """Keep writing to accounts with a verified real name behind them (SZ-17a, SQ-10.1, A-60)."""
    if case.rules.forum_real_name and not case.command.verified:
        raise Rejected("not_verified")


@at_stage("bar")
def not_banned(case: Case) -> None:
    """Keep those from writing whom the administrator has banned (SZ-18)."""
    if case.facts.banned:
        raise Rejected("account_banned")


@at_stage("unit")
def is_author(case: Case) -> None:
    """Keep what is the author's to the account that posted the thread, whatever it is called now (SZ-24)."""
    if case.command is not None and case.command.account != case.state.account:
        raise Rejected("not_the_author")


@at_stage("fields")
def board_open(case: Case) -> None:
    """Refuse a board that takes no threads any more, however long the form was open."""
    board, rules = case.command.board, case.rules
    if board in rules.forum_boards_closed:
        raise Rejected("board_closed", board=rules.forum_boards.get(board, board))


@at_stage("fields")
def says_something(case: Case) -> None:
    """Refuse a text of signs alone."""
    if not any(letter.isalnum() for letter in case.command.content):
        raise Rejected("post_says_nothing")


def number_of(waiting: tuple[int, ...], number: int | None) -> int | None:
    """Return the comment that a command means: the oldest that waits where none is named."""
    return waiting[0] if number is None and waiting else number


def _number(case: Case) -> int:
    """Return the comment that is meant. Raises: Rejected where none waits, or the named one does not."""
    waiting = case.state.waiting
    number = number_of(waiting, case.command.number)
    if number is None or not 1 <= number <= case.state.written:
        raise Rejected("not_found", status="")
    if number not in waiting:
        raise not_now(case)
    return number


@at_stage("fields")
def only_covers(case: Case) -> None:
    """Refuse other words than the author's: letters may be covered, nothing else; and what never may be read (SZ-17b).

    Where no words are given, those are let in that the administrator reads: the author's with persons covered.
    """
    for name in ("title", "content"):
        given, typed = getattr(case.command, name, ""), getattr(case.facts, name)
        if given and not is_cover_of(given, typed):
            raise Rejected("words_not_the_authors", field=name)
        if any(found.kind in personal.GRAVE for found in personal.find(given)):
            raise Rejected("text_names_somebody")


@at_stage("fields")
def comment_named(case: Case) -> None:
    """Ask which comment is meant, but in a story: the oldest that waits may be another one since somebody looked."""
    if case.command is not None and case.by.person is not None:
        require(case, ("number",))


@at_stage("bar")
def comment_waits(case: Case) -> None:
    """Refuse a decision where no comment waits for one."""
    if not case.state.waiting:
        raise not_now(case)


@at_stage("fields")
def comment_is_open(case: Case) -> None:
    """Refuse a decision on a comment that there is not, or that was decided on."""
    _number(case)


def post(case: Case) -> None:
    """Keep what was written; nobody reads it yet. Source: SZ-17a, SZ-17b."""
    form = case.command
    case.record(ev.Posted(account=form.account, board=form.board, title=form.title, content=form.content))


def withdraw(case: Case) -> None:
    """Take it back."""
    case.record(ev.PostWithdrawn())


def approve(case: Case) -> None:
    """Let it in: all its clocks begin now, whoever claims it when. Source: SZ-17b, SZ-22b, A-03."""
    form, rules, typed = case.command, case.rules, case.facts
    case.start(ATTENTION, rules.forum_attention, key="forum_attention")
    case.start(STANCE_CLOCK, rules.forum_stance, key="forum_stance")
    case.start(FINAL, rules.forum_final, key="forum_final")
    case.start(CLAIM, rules.forum_claim_limit, key="forum_claim_limit")
    case.tell("post_approved", "citizen")
    title, content = form.title or covered(typed.title), form.content or covered(typed.content)
    case.record(ev.PostApproved(title=title, content=content))


def refuse(case: Case) -> None:
    """Not let it in. Source: SZ-17b."""
    case.tell("post_refused", "citizen")
    case.record(ev.PostRefused(reason=case.command.reason))


def comment(case: Case) -> None:
    """Keep a comment; it waits and moves nothing."""
    form = case.command
    case.record(ev.Commented(number=case.state.written + 1, account=form.account, content=form.content))


def approve_comment(case: Case) -> None:
    """Let a comment in. Source: SZ-17b."""
    content = case.command.content or covered(case.facts.content)
    case.record(ev.CommentApproved(number=_number(case), content=content))


def refuse_comment(case: Case) -> None:
    """Not let a comment in. Source: SZ-17b."""
    case.record(ev.CommentRefused(number=_number(case), reason=case.command.reason))


def flag_special(case: Case) -> None:
    """Tell everybody who has to act at once, at any hour. Source: SZ-22d."""
    unit = case.state.unit
    for to in (ADMIN, f"leader@{unit}", f"duty@{unit}") if unit else (ADMIN,):
        case.tell("special", to)
    case.record(ev.SpecialFlagged(reason=case.command.reason))


@at_stage("bar")
def not_special_yet(case: Case) -> None:
    """Refuse to flag twice."""
    if case.state.special:
        raise not_now(case)


@at_stage("fields")
def class_given(case: Case) -> None:
    """Ask for the class, or for the ground on which the thread is not answered in public (SZ-16, SZ-21)."""
    form = case.command
    if form.sealed is None:
        require(case, ("class_",))
    hold_to_list(form.class_, cmd.CLASSES)
    if form.sealed:
        require(case, ("ground",))


def classify(case: Case) -> None:
    """Keep how great a matter it is; a major one is a task of the supervisor. Source: SZ-16."""
    form = case.command
    if form.class_ == cmd.MAJOR and case.state.class_ != cmd.MAJOR:
        case.tell("report_task", "supervisor")
    case.record(ev.Classified(class_=form.class_, sealed=form.sealed, ground=form.ground))


def hide(case: Case) -> None:
    """Hide it: what runs stops with its rest, of the rating in whole days. Source: SZ-18, SZ-28b."""
    paused = []
    for name in CLOCKS:
        timer = case.timer(name)
        # Past due and still running is what a pending request for more time holds open.
        if timer is None or timer.status != "running" or timer.due is None or timer.due < case.now:
            continue
        paused.append(name)
        if name == RATING:
            days = timer.due.astimezone(case.now.tzinfo).date() - case.now.date()
            case.put(replace(timer, status="paused", rest=int(days.total_seconds())))
        else:
            case.pause(name)
    case.record(ev.ThreadHidden(paused=tuple(paused), reason=case.command.reason))


def unhide(case: Case) -> None:
    """Show it again where it stood: what stopped goes on with its rest."""
    for name in case.state.paused:
        timer = case.timer(name)
        if name != RATING or timer is None:
            case.resume(name)
            continue
        days = timedelta(seconds=timer.rest or 0) // ONE_DAY
        due = datetime.combine(case.now.date() + ONE_DAY * days, LAST_SECOND, case.now.tzinfo)
        basis = replace(timer.basis, start=case.now, length=f"{days} CD" if days else "until")
        case.put(replace(timer, status="running", due=due, rest=None, basis=basis, original_due=due))
    case.record(ev.ThreadUnhidden(reason=case.command.reason), status=case.state.was)


def report_content(case: Case) -> None:
    """Keep to which authority it was reported, when, and the receipt. Source: SZ-18."""
    form = case.command
    case.record(ev.ContentReported(authority=form.authority, receipt=form.receipt))


@at_stage("fields")
def lawful_organ(case: Case) -> None:
    """Refuse every organ but the five that may ask, and one without its instrument (SZ-26)."""
    form = case.command
    require(case, ("organ",))
    if form.organ not in cmd.ORGANS:
        raise Rejected("organ_not_lawful", organ=form.organ)
    if not form.document:
        raise Rejected("document_missing")


def disclose(case: Case) -> None:
    """Keep that the organ was told who the poster is; who that is stands in no fact. Source: SZ-26."""
    form = case.command
    case.record(ev.IdentityDisclosed(organ=form.organ, document=form.document, purpose=form.purpose))
