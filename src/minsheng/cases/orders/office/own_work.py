"""Nobody decides on their own work, whatever roles they hold: a rule of the platform beside the life cycle.

Source: roles ("AUD not the person who wrote the reply", "OFF self-approval"), SZ-15.4, JY-9.5, JY-13.1c, JS-2.1c.
"""

from __future__ import annotations

from minsheng.cases.orders.office import reply_drafts
from minsheng.cases.orders.storage import queries, records
from minsheng.domain.actors import Actor
from minsheng.domain.facts import Event
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.rejected import Rejected

# Whose work a command decides on: the last fact of one of these kinds.
_JUDGED: dict[type[cmd.Command], tuple[type[Event], ...]] = {
    cmd.DismissRejection: (ev.RejectionProposed,),
    cmd.Reject: (ev.RejectionProposed,),
    cmd.PassAudit: (ev.Replied,),
    cmd.RejectAudit: (ev.Replied,),
    cmd.Callback: (ev.Replied,),
    cmd.CloseUnreached: (ev.Replied,),
    cmd.Reply: (ev.ReplyApproved,),
    cmd.ApproveExtension: (ev.ExtensionRequested,),
    cmd.RefuseExtension: (ev.ExtensionRequested,),
    cmd.AcceptReturn: (ev.ReturnRequested,),
    cmd.RefuseReturn: (ev.ReturnRequested,),
}


def _hold_to_draft(command: cmd.ApproveReply | cmd.Reply, draft: reply_drafts.DraftText | None, by: Actor) -> None:
    """Refuse to approve one's own draft, and to send another text than the one that was approved. Source: JY-13.1c."""
    if draft is None:
        return
    if isinstance(command, cmd.ApproveReply):
        if draft.saved_by == by.person:
            raise Rejected("self_approval")
    elif draft.approved_digest is not None and draft.approved_digest != reply_drafts.digest_of(command.text):
        raise Rejected("reply_differs")


def follow(command: cmd.Command, *, order_id: str, by: Actor) -> None:
    """Let the draft follow a step that was carried out: approved, or given as the answer. Source: JY-13.1c."""
    match command:
        case cmd.ApproveReply():
            reply_drafts.approve(order_id, unit=by.unit or "")
        case cmd.Reply():
            reply_drafts.drop(order_id, unit=by.unit or "")
        case _:
            pass


def hold_apart(command: cmd.Command, *, order_id: str, by: Actor) -> None:
    """Refuse a decision on what the same person wrote or asked for. Raises: Rejected `self_approval`.

    Only people have own work: a client of the API, which may speak for many, is held by its roles alone.
    """
    if by.person is None or not by.person.startswith("staff:"):
        return
    if isinstance(command, cmd.ApproveReply | cmd.Reply):
        _hold_to_draft(command, reply_drafts.of(order_id, unit=by.unit or ""), by)
    kinds = _JUDGED.get(type(command))
    # Only R9 decides on a proposal: the other codes are the seat's own (SZ-13.7).
    if kinds is None or (isinstance(command, cmd.Reject) and command.code != "R9"):
        return
    names = {kind.__name__ for kind in kinds}
    last = next((stored for stored in reversed(queries.history(order_id)) if stored.type in names), None)
    if last is not None and records.from_ledger(last).by.person == by.person:
        raise Rejected("self_approval")
