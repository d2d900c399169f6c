"""Which roles no account holds together: nobody decides on what they propose, and who runs the machine reads nothing.

One table. Who proposes and who decides is read from the life cycles, so that it can't drift from them; a row that they
don't have names its roles. Whatever an account holds, nobody decides on their own work: `orders.apart`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

from minsheng.domain.actors import ROLES
from minsheng.domain.duties import report
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.table import BY_COMMAND


@dataclass(frozen=True, slots=True)
class Apart:
    """Who holds one of `proposers` holds none of `deciders`; `duty` names what is decided."""

    duty: str
    proposers: frozenset[str]
    deciders: frozenset[str]
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A role as an account holds it: from a day on, up to and with a last day; None where it has no such end."""

    role: str
    starts_on: date | None = None
    ends_on: date | None = None

    def meets(self, other: Held) -> bool:
        """Tell whether there is a day on which both are held."""
        return _before_end(self.starts_on, other.ends_on) and _before_end(other.starts_on, self.ends_on)


@dataclass(frozen=True, slots=True)
class Clash:
    """Two roles that one account must not hold, and because of which duty."""

    proposer: str
    decider: str
    duty: str


def _in_table(
    duty: str, asked: tuple[type[cmd.Command], ...], decided: tuple[type[cmd.Command], ...], *clauses: str
) -> Apart:
    """Return a row whose roles are those that the life cycle lets carry out the commands."""
    return Apart(duty, _may(asked), _may(decided), clauses)


def _may(commands: Iterable[type[cmd.Command]]) -> frozenset[str]:
    # What the platform does by itself is nobody's account.
    return frozenset(role for command in commands for role in BY_COMMAND[command].who if role in ROLES)


# Source: roles.md, whose rows say who may and who may not, and the rows of the life cycles. Forum, data share and
# knowledge base join with their features.
TABLE: Final[tuple[Apart, ...]] = (
    # roles.md, "ADM no content", "ADM never in clear": who gives the accounts has no part in what is kept from them.
    Apart("administration", frozenset({"admin", "security_admin"}),
          frozenset({"auditor", "discipline", "designated_officer"}), ("JY-12.0", "JY-20.11", "SZ-26")),
    # Who gives the accounts does not set what guards them.
    Apart("security", frozenset({"admin"}), frozenset({"security_admin"}), ("GB/T 22239-2019 8.1.4.2 d", "8.1.5")),
    # Who checks the records has made none of them.
    Apart("records", frozenset(ROLES) - {"audit_admin"}, frozenset({"audit_admin"}),
          ("GB/T 22239-2019 8.1.4.2 d", "8.1.5")),
    # Who oversees from outside has no part in the work that is looked at (JY-19).
    Apart("oversight", frozenset(ROLES) - {"overseer", "mystery_caller", "audit_admin"}, frozenset({"overseer"}),
          ("JY-19", "SZ-42")),
    # Who calls to see how others answer has no work of theirs, and knows nothing but the own tasks.
    Apart("mystery", frozenset(ROLES) - {"mystery_caller", "audit_admin"}, frozenset({"mystery_caller"}),
          ("SQ-15", "SZ-36")),
    # A seat proposes not to accept by R9, and the supervisor decides.
    _in_table("rejection", (cmd.ProposeRejection,), (cmd.DismissRejection,), "SZ-13.7", "SQ-7.6"),
    # roles.md, "Dispatch": not the seat, not the unit.
    _in_table("dispatch", (cmd.Submit,), (cmd.Dispatch, cmd.DeclineDispatch), "SZ-7a", "JY-10.1a"),
    _in_table("return", (cmd.RequestReturn,), (cmd.AcceptReturn, cmd.RefuseReturn), "JY-10.2c", "SQ-10.4b"),
    _in_table("extension", (cmd.RequestExtension,), (cmd.ApproveExtension, cmd.RefuseExtension), "SZ-15.3c", "JY-11c"),
    # roles.md, "Approve reply / extension consent": the unit's leaders, not the officer. Consent to an extension is
    # no command of its own, and the head consents as the leader does.
    Apart("consent", frozenset({"officer"}), frozenset({"leader", "head"}), ("JY-13.1c", "JY-11a", "SZ-22a")),
    # roles.md, "Audit", "Publication decision". An answer that another system gives is proposed by its connector.
    _in_table("audit", (cmd.Reply, cmd.SyncResult, cmd.SyncClosed),
              (cmd.PassAudit, cmd.RejectAudit, cmd.Publish, cmd.Withdraw), "SZ-15.4", "JY-9.5", "JY-9.8.3"),
    # Whether the right unit had the matter is part of what is audited.
    _in_table("handing_out", (cmd.Dispatch,), (cmd.PassAudit, cmd.RejectAudit), "SZ-15.4", "JY-9.5"),
    # roles.md, "Callback": not the officer. Who rates an answer decides on it as well.
    _in_table("callback", (cmd.Reply, cmd.SyncResult, cmd.SyncClosed),
              (cmd.Callback, cmd.CloseUnreached, cmd.AnswerSms, cmd.Rate), "JS-2.1c", "JY-9.6"),
    # roles.md, "Close after round 2": not the callback agent, not the officer.
    _in_table("closing", (cmd.Reply, cmd.Callback), (cmd.Judge, cmd.Close), "JY-9.7c", "JS-2.4b"),
    _in_table("opinion", (cmd.GiveOpinion,), (cmd.ConfirmOpinion, cmd.RefuseOpinion), "SZ-14c"),
    _in_table("coordination", (cmd.RequestCoordination,), (cmd.NameLead,), "SZ-41b", "JY-13.2a", "SQ-20b"),
    # roles.md, "Supervision order": not the units.
    _in_table("supervision", (cmd.FeedBack,), (cmd.AcceptFeedback, cmd.RejectFeedback), "SZ-41a", "SQ-20a"),
    # What the discipline inspection decides, it decides outside; the center only hands over.
    Apart("discipline", _may((cmd.TransferToDiscipline,)), frozenset({"discipline"}), ("JY-20.0", "SQ-21b")),
    # roles.md, "Emergency decision": not the seat. Who asks for the decision does not give it.
    _in_table("emergency", (cmd.Report, cmd.AskDecision), (cmd.Decide,), "JY-35b", "JY-35c"),
    _in_table("referral", (cmd.ProposeReferral,), (cmd.Refer, cmd.RefuseReferral), "JY-8c", "JY-12.0"),
    _in_table("referral_result", (cmd.ReturnResult,), (cmd.CloseReferral,), "JY-12.2b"),
    Apart("report", report.EDITORS, report.APPROVERS, ("SZ-37",)),
)  # fmt: skip


def clashes(roles: Iterable[str]) -> list[Clash]:
    """Return which of an account's roles must not be held together, each pair once, by its first ground."""
    held = [role for role in ROLES if role in set(roles)]
    found: dict[frozenset[str], Clash] = {}
    for row in TABLE:
        for proposer in held:
            for decider in held:
                if proposer in row.proposers and decider in row.deciders:
                    found.setdefault(frozenset((proposer, decider)), Clash(proposer, decider, row.duty))
    return list(found.values())


def clashes_in_time(held: Iterable[Held]) -> list[Clash]:
    """Return which of an account's roles must not be held together and are, on some day, each pair once."""
    found: dict[frozenset[str], Clash] = {}
    for one, other in combinations(list(held), 2):
        if one.meets(other):
            for clash in clashes((one.role, other.role)):
                found.setdefault(frozenset((clash.proposer, clash.decider)), clash)
    return list(found.values())


def _before_end(day: date | None, end: date | None) -> bool:
    return day is None or end is None or day <= end
