"""What people may ask of an order: one class a command, its fields described once, by topic.

The rehearsal player, the API's schemas and the pages' forms are all made from these fields. Others take every command
from here. The names are a contract (scenarios/FORMAT.md): add, never change.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from minsheng.domain.orders import fields
from minsheng.domain.orders.commands import beside, checking, emergency, handling, intake, referral, supervision
from minsheng.domain.orders.commands.beside import (
    AddMaterial,
    CallInstead,
    NoteUndelivered,
    Publish,
    SetPublish,
    Succeed,
    ToldByPhone,
    Urge,
    Withdraw,
)
from minsheng.domain.orders.commands.checking import (
    AnswerSms,
    Callback,
    Close,
    CloseUnreached,
    Judge,
    PassAudit,
    Rate,
    RateJoined,
    Redispatch,
    RejectAudit,
    Reopen,
    SendBack,
    SyncClosed,
    SyncResult,
)
from minsheng.domain.orders.commands.emergency import (
    AskDecision,
    Decide,
    Handled,
    PhoneUnit,
    Relieve,
    Report,
    Respond,
)
from minsheng.domain.orders.commands.handling import (
    AcceptReturn,
    ApproveExtension,
    ApproveReply,
    Contribute,
    Dispatch,
    Escalate,
    Instruct,
    LeaderFollowUp,
    NameLead,
    RefuseExtension,
    RefuseReturn,
    Reply,
    RequestCoordination,
    RequestExtension,
    RequestReturn,
    Sign,
)
from minsheng.domain.orders.commands.intake import (
    Answer,
    AppealFields,
    AskAcceptance,
    ConfirmOpinion,
    DeclineDispatch,
    DismissRejection,
    GiveOpinion,
    Link,
    MarkRepeat,
    ProposeRejection,
    ReferEmergency,
    RefuseOpinion,
    Register,
    Reject,
    Submit,
    ThreeWay,
    TransferCall,
    UnmarkRepeat,
)
from minsheng.domain.orders.commands.referral import (
    CloseReferral,
    NotifyAppellant,
    ProposeReferral,
    Refer,
    RefuseReferral,
    ReturnResult,
)
from minsheng.domain.orders.commands.shape import (
    GRADES,
    REJECT_CODES,
    TYPES,
    Command,
)
from minsheng.domain.orders.commands.supervision import (
    GROUNDS,
    AcceptFeedback,
    ApproveFeedback,
    DismissSuggestion,
    FeedBack,
    FilePush,
    Measure,
    RaiseSupervision,
    RecordFinding,
    RejectFeedback,
    Remind,
    Supervise,
    Tag,
    TransferToDiscipline,
)
from minsheng.domain.orders.fields import Attestation, EmergencyForm, Malformed

__all__ = [
    "BY_NAME",
    "GRADES",
    "GROUNDS",
    "REJECT_CODES",
    "TYPES",
    "AcceptFeedback",
    "AcceptReturn",
    "AddMaterial",
    "Answer",
    "AnswerSms",
    "AppealFields",
    "ApproveExtension",
    "ApproveFeedback",
    "ApproveReply",
    "AskAcceptance",
    "AskDecision",
    "Attestation",
    "CallInstead",
    "Callback",
    "Close",
    "CloseReferral",
    "CloseUnreached",
    "Command",
    "ConfirmOpinion",
    "Contribute",
    "Decide",
    "DeclineDispatch",
    "DismissRejection",
    "DismissSuggestion",
    "Dispatch",
    "EmergencyForm",
    "Escalate",
    "FeedBack",
    "FilePush",
    "GiveOpinion",
    "Handled",
    "Instruct",
    "Judge",
    "LeaderFollowUp",
    "Link",
    "Malformed",
    "MarkRepeat",
    "Measure",
    "NameLead",
    "NoteUndelivered",
    "NotifyAppellant",
    "PassAudit",
    "PhoneUnit",
    "ProposeReferral",
    "ProposeRejection",
    "Publish",
    "RaiseSupervision",
    "Rate",
    "RateJoined",
    "RecordFinding",
    "Redispatch",
    "Refer",
    "ReferEmergency",
    "RefuseExtension",
    "RefuseOpinion",
    "RefuseReferral",
    "RefuseReturn",
    "Register",
    "Reject",
    "RejectAudit",
    "RejectFeedback",
    "Relieve",
    "Remind",
    "Reopen",
    "Reply",
    "Report",
    "RequestCoordination",
    "RequestExtension",
    "RequestReturn",
    "Respond",
    "ReturnResult",
    "SendBack",
    "SetPublish",
    "Sign",
    "Submit",
    "Succeed",
    "Supervise",
    "SyncClosed",
    "SyncResult",
    "Tag",
    "ThreeWay",
    "ToldByPhone",
    "TransferCall",
    "TransferToDiscipline",
    "UnmarkRepeat",
    "Urge",
    "Withdraw",
    "build",
    "fields_of",
]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


# Not by __subclasses__: a slotted dataclass leaves the class that it was made from behind.
BY_NAME: dict[str, type[Command]] = {}
for _topic in (intake, handling, checking, beside, emergency, referral, supervision):
    for _class in list(vars(_topic).values()):
        if isinstance(_class, type) and issubclass(_class, Command) and _class.__module__ == _topic.__name__:
            if _class is not AppealFields and not _class.__name__.startswith("_"):
                _class.name = _snake(_class.__name__)
                BY_NAME[_class.name] = _class


def fields_of(command: type[Command]) -> Mapping[str, dataclasses.Field[Any]]:
    """Return the fields of a command by name; `metadata["kind"]` says how each is read."""
    return {each.name: each for each in dataclasses.fields(command)}


def build(name: str, values: Mapping[str, object], *, zone: Any) -> Command:
    """Return the command `name` with plain `values`, as text, truth, numbers, lists and maps.

    Moments without an offset are in `zone`. Raises: Malformed for an unknown field or a value that doesn't fit.
    """
    return fields.build(BY_NAME[name], values, zone=zone)
