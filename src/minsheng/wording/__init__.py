"""The one place that turns refusals, messages and notices into Chinese sentences that say what to do.

The labels are in `labels` and `fields`, the sentences in `sentences`; others import this package alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from minsheng.domain.facts import Notice
from minsheng.domain.orders.case import Message
from minsheng.domain.orders.fields import Malformed
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import Amount
from minsheng.wording import findings
from minsheng.wording.administration import (
    ACCOUNT_EVENTS,
    ACCOUNT_STATES,
    CLIENT_EVENTS,
    CLIENT_STATES,
    MESSAGE_EVENTS,
    MESSAGE_STATES,
    PLACE_EVENTS,
    SNIPPET_EVENTS,
    SNIPPET_SCOPES,
    TRIAL_STATES,
    UNIT_EVENTS,
    UNIT_KINDS,
    UNIT_LEVELS,
    UNIT_STATES,
)
from minsheng.wording.fields import CHOICES, FIELDS
from minsheng.wording.labels import (
    BREACHES,
    CHANNELS,
    COMMANDS,
    DATASETS,
    ENDINGS,
    EVENTS,
    GROUNDS,
    JOBS,
    LENGTHS,
    OVERSIGHT,
    QUEUES,
    REASONS,
    ROLES,
    STANDINGS,
    STATES,
    STEPS,
    TIERS,
    TIMERS,
    UNIT_CHANGES,
)
from minsheng.wording.language import Table, tr, translate_with
from minsheng.wording.reports import REPORT_COMMANDS, REPORT_EVENTS, REPORT_STATES
from minsheng.wording.security import ALARMS, RECORD_EVENTS
from minsheng.wording.sentences import DUTIES, FAULTS, MESSAGES, NOTICES, REFUSALS

__all__ = [
    "ACCOUNT_EVENTS",
    "ACCOUNT_STATES",
    "ALARMS",
    "BREACHES",
    "CHANNELS",
    "CHOICES",
    "CLIENT_EVENTS",
    "CLIENT_STATES",
    "COMMANDS",
    "DATASETS",
    "DUTIES",
    "ENDINGS",
    "EVENTS",
    "FIELDS",
    "GROUNDS",
    "JOBS",
    "MESSAGE_EVENTS",
    "MESSAGE_STATES",
    "NOTICES",
    "OVERSIGHT",
    "PLACE_EVENTS",
    "QUEUES",
    "REASONS",
    "RECORD_EVENTS",
    "REPORT_COMMANDS",
    "REPORT_EVENTS",
    "REPORT_STATES",
    "ROLES",
    "SNIPPET_EVENTS",
    "SNIPPET_SCOPES",
    "STANDINGS",
    "STATES",
    "STEPS",
    "TIERS",
    "TIMERS",
    "TRIAL_STATES",
    "UNIT_CHANGES",
    "UNIT_EVENTS",
    "UNIT_KINDS",
    "UNIT_LEVELS",
    "UNIT_STATES",
    "Table",
    "findings",
    "label_of_actor",
    "label_of_code",
    "label_of_exception",
    "label_of_field",
    "label_of_status",
    "labeled",
    "length",
    "moment_text",
    "say",
    "tr",
    "translate_with",
    "why",
    "words_of_notice",
]


def why(fault: Malformed) -> str:
    """Return what is wrong with a value, as words that follow a colon."""
    params = dict(fault.params)
    if isinstance(choices := params.get("choices"), tuple):
        params["choices"] = tr("、").join(map(str, choices))
    return (FAULTS.get(fault.code) or tr("格式不对")).format_map(
        _Blank({key: str(each) for key, each in params.items()})
    )


def say(said: Rejected | Message | Notice | Malformed, rules: Rules | None = None) -> str:
    """Return the Chinese sentence for a refusal, a message, a notice or a malformed field; `rules` give the city's zone and terms."""
    match said:
        case Rejected(code="no_more_return") if said.params.get("designated"):
            return tr("已指定牵头单位，不得再次退回；确有困难的，可申请协调。")
        case Rejected(code="exception_needs_basis", params={"exception": 1 | 2 | 3}):
            return _fill(tr("这件工单不属于所选的不公开情形（{exception}），请核对后重新选择。"), said.params, rules)
        case Rejected(code="wrong_channel") if "wanted" in said.params:
            sentence = tr("请按原渠道（{channel}）答复；原渠道 {wanted} 次联系未成的，写明改用其他渠道的理由和次数。")
            return _fill(sentence, said.params, rules)
        case Rejected(code="field_missing", params={"fields": ("missing", "no_basis")}):
            return tr(REFUSALS["field_missing_either"])
        case Rejected(
            code="bad_phone", params={"reason": "no_digits" | "too_short" | "too_long" | "two" | "remark" as reason}
        ):
            return tr(REFUSALS[f"bad_phone_{reason}"])
        case Rejected():
            return _fill(REFUSALS.get(said.code) or tr("这一操作未被接受，请刷新后重试。"), said.params, rules)
        case Message():
            return _fill(MESSAGES[said.code], said.params, rules)
        case Malformed():
            name = said.key.rpartition(".")[2]
            return tr("“{field}”填写有误：{why}。").format(field=FIELDS.get(name, said.key), why=why(said))
        case Notice():
            return _fill(words_of_notice(said.kind, rules), said.params, rules)


def label_of_status(status: str, reason: str | None = None) -> str:
    """Return the state's Chinese label, with the reason of a closing."""
    label = STATES.get(status, status)
    return label + tr("（{words}）").format(words=REASONS.get(reason, reason)) if reason else label


def label_of_actor(role: str, unit: str | None = None) -> str:
    """Return the Chinese words for a role, with its unit."""
    label = ROLES.get(role, role)
    return f"{unit}{label}" if unit else label


def label_of_field(name: str, *, command: str = "", rules: Rules | None = None) -> str:
    """Return the Chinese label of a command's field, in the words of the rule that wants it (JY-11b, SQ-10.4b)."""
    match command, name:
        case "dispatch", "category":
            return tr("诉求分类")
        case "request_extension", "reason":
            return tr("延期原因（理由）")
        case "request_return", "suggest" if rules is not None and "reason" not in rules.return_fields:
            return tr("办理建议")
        case _:
            return FIELDS.get(name, name)


def label_of_code(code: str, rules: Rules) -> str:
    """Return what a ground of refusal says, in the city's own words where the pack has them (SZ-13, JY-6, SQ-7)."""
    own = rules.reject_codes.get(code, "") if isinstance(rules.reject_codes, Mapping) else ""
    return tr(own) if own else CHOICES["code"].get(code, code)


def label_of_exception(number: object, rules: Rules | None) -> str:
    """Return what an exception from publication says, in the city's own words where the pack has them (JY-9.8)."""
    known = rules.publish_exceptions if rules is not None else ()
    own = known.get(int(str(number)), "") if isinstance(known, Mapping) else ""
    return tr(own) if own else CHOICES["exception"].get(str(number), str(number))


def words_of_notice(kind: str, rules: Rules | None) -> str:
    """Return the sentence of a kind of notice as the pack or the program has it, its places in braces."""
    if rules is not None and kind in rules.notices_words:
        return tr(rules.notices_words[kind])
    return NOTICES.get(kind) or tr("有新的事项，请查看。")


def labeled(label: str, words: str) -> str:
    """Return a label and what it says."""
    return f"{label}{tr('：')}{words}"


def length(amount: Amount) -> str:
    """Return an amount of time in words, with the code that the pack has."""
    return str(amount) + tr("（{words}）").format(words=plain_length(amount))


def plain_length(amount: Amount) -> str:
    """Return an amount of time as people say it."""
    found = LENGTHS.get(str(amount)) or LENGTHS[amount.unit]
    return found.format(count=amount.count)


def moment_text(moment: datetime, rules: Rules | None = None) -> str:
    """Return a moment as people read it, in the city's zone."""
    local = moment.astimezone(rules.worktime.zone) if rules is not None else moment
    return f"{local:%Y-%m-%d %H:%M:%S}"


class _Blank(dict[str, str]):
    """A sentence never fails for a value that a refusal did not carry."""

    def __missing__(self, key: str) -> str:
        return ""


def _fill(sentence: str, params: Mapping[str, object], rules: Rules | None) -> str:
    words = _Blank()
    for key, value in params.items():
        if isinstance(value, datetime):
            words[key] = moment_text(value, rules)
        elif key == "fields" and isinstance(value, tuple):
            command = str(params.get("command", ""))
            words[key] = tr("、").join(label_of_field(str(name), command=command, rules=rules) for name in value)
        elif key == "role":
            words[key] = ROLES.get(str(value), str(value))
            words["leader"] = words[key]
        elif key == "roles" and isinstance(value, tuple):
            words[key] = tr("、").join(ROLES.get(str(role), str(role)) for role in value)
        elif key in ("proposer", "decider"):
            words[key] = ROLES.get(str(value), str(value))
        elif key in ("tier", "below"):
            words[key] = TIERS.get(str(value), str(value))
        elif key == "duty":
            words[key] = DUTIES.get(str(value), str(value))
        elif key == "status":
            words["state"] = STATES.get(str(value), str(value))
        elif key == "report_status":
            words["state"] = REPORT_STATES.get(str(value), str(value))
        elif key == "broken" and isinstance(value, tuple):
            words[key] = tr("；").join(map(str, value))
        elif key == "exception":
            words[key] = label_of_exception(value, rules)
        elif key == "timer":
            words[key] = tr("{timer}时限").format(timer=TIMERS.get(str(value), str(value)))
        elif key == "channel" and rules is not None:
            words[key] = tr(rules.channels.get(str(value), str(value)))
        else:
            words[key] = str(value)
    return sentence.format_map(words).replace("（）", "")
