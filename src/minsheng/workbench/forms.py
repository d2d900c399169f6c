"""The forms of all commands, made in one place from the fields that the domain describes.

Labels and sentences come from `wording`, choices from the city's pack. Whether a value is wanted is for the rules to
say: a form only reads, and puts each refusal beside the field that it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from minsheng import wording
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.closing import exception_holds
from minsheng.domain.orders.commands import Malformed
from minsheng.domain.orders.order import RETURN_REQUESTED, Order
from minsheng.domain.orders.table import BY_COMMAND
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected

LONG_TEXT, SHORT_TEXT = 20_000, 500
_UNITS_AT_ONCE = 6
_UNIT_FIELDS = ("unit", "lead", "handler", "transfer_to", "joint_with", "target_unit", "suggest", "party")
# Flags to which "no" is an answer of its own, and not the same as silence.
_YES_OR_NO = ("reached", "resolved", "respond", "started", "objection", "excluded", "suspend")
_YES_NO_CHOICES = [("yes", gettext_lazy("是")), ("no", gettext_lazy("否"))]
# What a form carries along and nobody types.
_CARRIED = ("seen",)
# Choices that are few, and made many times a day.
_FEW = ("satisfied", "verdict", "defect")
# In which order a form asks, where another than the command's is the one in which people speak.
_ORDER: Mapping[str, tuple[str, ...]] = {
    "callback": ("reached", "satisfied", "resolved", "objection"),
    "dispatch": ("unit", "units", "lead", "parallel", "basis", "direct_answerable"),
}
# Beside which field a refusal stands; the first that the form has.
_BESIDE: Mapping[str, tuple[str, ...]] = {
    "reason_missing": ("reason",),
    "document_missing": ("document",),
    "evidence_missing": ("evidence",),
    "leader_consent_missing": ("leader_consent",),
    "citizen_not_informed": ("citizen_informed",),
    "extension_over_cap": ("until",),
    "wrong_channel": ("channel",),
    "exception_needs_basis": ("basis",),
    "new_facts_present": ("new_facts",),
    "unit_not_joined": ("unit", "lead", "handler"),
    "unit_without_contact": ("unit", "lead", "handler"),
    "bad_phone": ("phone",),
    "party_unknown": ("party", "to"),
    "article_unknown": ("answer_article", "article"),
    "article_not_valid": ("answer_article", "article"),
    "bad_id_number": ("id_number",),
    "is_emergency_number": ("emergency_case",),
}
_CONFLICTS = ("conflict", "not_allowed_now", "key_reused", "in_flight", "draft_changed", "draft_unreadable")
_FORBIDDEN = ("not_your_role", "not_your_unit", "wrong_authority", "self_approval")
_WHOM = gettext_noop("填写单位全称、紧急号码，或专家、政策专员的代码 expert、specialist。不填姓名和电话。")
_HINTS: Mapping[tuple[str, str], str] = {
    ("dispatch", "unit"): gettext_noop("交给一个单位时填这里。"),
    ("dispatch", "units"): gettext_noop("两个以上单位的填这里，并填牵头单位，或选同时交办。"),
    ("dispatch", "lead"): gettext_noop("有主办和协办时填写；其余单位为协办。"),
    ("dispatch", "parallel"): gettext_noop("各单位各办一件，互不牵头。"),
    ("dispatch", "basis"): gettext_noop("如权责清单、三定方案的条目。"),
    ("redispatch", "unit"): gettext_noop("不填则交原承办单位。"),
    ("three_way", "party"): _WHOM,
    ("transfer_call", "to"): _WHOM,
    ("link", "to"): gettext_noop("填写在办工单的编号。"),
    ("add_material", "joined"): gettext_noop("代已并入本件的诉求人登记的，填写其诉求编号。"),
    ("urge", "joined"): gettext_noop("代已并入本件的诉求人登记的，填写其诉求编号。"),
    ("rate_joined", "joined"): gettext_noop("填写已并入本件的诉求编号。"),
    ("mark_repeat", "of"): gettext_noop("填写此前工单的编号。"),
    ("reject", "procedure"): gettext_noop("已进入或须经法定程序的填写：信访、仲裁、行政复议、诉讼，可附案号。"),
    ("reject", "missing"): gettext_noop("内容不具体的填写：已向诉求人问过、仍未提供的要素，如地点。"),
    ("reject", "no_basis"): gettext_noop("缺乏依据的填写：查找过哪些政策法规。"),
    ("tag", "link"): gettext_noop("媒体曝光的填写，其余不填。"),
    ("refer", "ground"): gettext_noop("按 12.3 批转的写明事由，如与实际可能有较大出入。"),
    ("transfer_to_discipline", "ground"): gettext_noop("写明依据的条款，如推诿扯皮、敷衍拖延。"),
    ("confirm_opinion", "excluded"): gettext_noop("不选则按本市规定。"),
    ("reply", "channel_reason"): gettext_noop("改用其他渠道答复的填写，如号码停用、账号注销。"),
    ("confirm_opinion", "reason"): gettext_noop("诉求人会看到，请写明不予受理的理由和依据。"),
    ("give_opinion", "evidence"): gettext_noop("每行一份。"),
    ("request_extension", "until"): gettext_noop("与延长工作日数、延长天数填一项即可。"),
    ("reply", "document"): gettext_noop("要求书面意见的，填写文书名称和文号。"),
    ("submit", "matter"): gettext_noop("同一人同一事项此前工单的编号。"),
    ("register", "confidential"): gettext_noop("不公开，并且不让承办单位知道诉求人是谁。"),
    ("submit", "confidential"): gettext_noop("不公开，并且不让承办单位知道诉求人是谁。"),
    ("register", "matter"): gettext_noop("同一人同一事项此前工单的编号。"),
    ("submit", "upper_due"): gettext_noop("上级交办件规定了办结时刻的填写。"),
    ("register", "upper_due"): gettext_noop("上级交办件规定了办结时刻的填写。"),
    ("reply", "withhold"): gettext_noop("认为不宜公开的填写，由热线中心审查决定；不填则按规定公开。"),
    ("withdraw", "basis"): gettext_noop("按法律法规不公开的，写明法律法规名称和条款。"),
}


def status_of(rejected: Rejected) -> int:
    """Return the HTTP status that goes with a refusal on a page."""
    return 409 if rejected.code in _CONFLICTS else 403 if rejected.code in _FORBIDDEN else 422


class SeveralUnits(forms.Widget):
    """Several lines for names of units."""

    template_name = "desks/several_units.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return the lines that are filled in."""
        return [value.strip() for value in data.getlist(name) if value.strip()]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return one line for each name, and some that are free."""
        context = super().get_context(name, value, attrs)
        lines = list(value or ())
        context["lines"] = lines + [""] * max(1, _UNITS_AT_ONCE - len(lines))
        return context


class UnitNames(forms.Field):
    """Names of several units; the rules say whether they exist."""

    widget = SeveralUnits

    def to_python(self, value: Any) -> list[str]:
        """Return the names; one that is too long is refused as the command is built."""
        return [str(name) for name in value or ()]


@dataclass(frozen=True, slots=True)
class Ground:
    """What the forms of one order are made from: the pack, the order as it stands, and who asks.

    `sessions`: the programmes on air that may have collected it.
    """

    rules: Rules
    order: Order
    role: str = ""
    sessions: tuple[tuple[str, str], ...] = ()


class SummedForm(forms.Form):
    """A form that can say all that is wrong at once, each with the place to mend it."""

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Return what is wrong: where (empty for the whole), and the sentence, with the field's name if it lacks it."""
        lines = [("", str(error)) for error in self.non_field_errors()]
        for field in self:
            label = str(field.label)
            for error in map(str, field.errors):
                named = error if label in error else _("%(label)s：%(error)s") % {"label": label, "error": error}
                lines.append((field.auto_id, named))
        return lines


class CommandForm(SummedForm):
    """A command's form: its fields, the key that makes a second press harmless, and the version that was seen."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, name: str, *, ground: Ground, leave_out: Iterable[str] = (), **more: Any) -> None:
        super().__init__(**more)
        self.command, self.ground = name, ground
        self.shape = cmd.BY_NAME[name]
        wanted = (*BY_COMMAND[self.shape].wants, *_wanted_by_pack(name, ground))
        for key, field in cmd.fields_of(self.shape).items():
            if key in leave_out or not _is_shown(name, key, ground):
                continue
            for part, made in _fields_for(name, key, field.metadata, ground):
                made.wanted = part in wanted
                if part in _CARRIED:
                    made.widget = forms.HiddenInput()
                if not made.help_text:
                    hint = _HINTS.get((name, part))
                    made.help_text = _(hint) if hint else ""
                self.fields[part] = made
        self.order_fields([*self.base_fields, *_ORDER.get(name, ())] if name in _ORDER else None)

    def clean(self) -> dict[str, Any]:
        """Let what is confidential be of no public result (JY-9.8.2): a yes to both is asked about."""
        given = super().clean() or self.cleaned_data
        if given.get("confidential") and "publish" in self.fields:
            if given.get("publish") == "yes":
                self.add_error("publish", _("要求保密的诉求不公开，请改选不公开，或取消保密。"))
            given["publish"] = given.get("publish") or "no"
        return given

    def values(self) -> dict[str, object]:
        """Return the plain values that were filled in, as `commands.build` takes them."""
        given: dict[str, object] = {}
        for key, field in cmd.fields_of(self.shape).items():
            value = self.cleaned_data.get(key)
            if key not in self.fields or value in ("", None, [], False):
                continue
            match field.metadata["kind"]:
                case "attest":
                    given[key] = {"text": self.cleaned_data.get(f"{key}_note", "")}
                case "names" if isinstance(value, str):
                    given[key] = [line.strip() for line in value.splitlines() if line.strip()]
                case _:
                    given[key] = value
        return given

    def build(self, values: Mapping[str, object]) -> cmd.Command | None:
        """Return the command with these values, or None when one doesn't fit: the reason stands beside its field."""
        try:
            return cmd.build(self.command, values, zone=self.ground.rules.worktime.zone)
        except Malformed as fault:
            self._say(self._place(fault.key), wording.say(fault, self.ground.rules))
            return None

    def refuse(self, rejected: Rejected) -> int:
        """Put the refusal's sentence where it belongs, and return the HTTP status that goes with it."""
        rules = self.ground.rules
        missing = rejected.params.get("fields") if rejected.code == "field_missing" else None
        if missing == ("missing", "no_basis"):  # one of them: one sentence, at the first
            self._say(self._place("missing"), wording.say(rejected, rules))
            return 422
        if isinstance(missing, tuple):
            for name in missing:
                one = Rejected("field_missing", fields=(name,), command=rejected.params.get("command", ""))
                self._say(self._place(name), wording.say(one, rules))
            return 422
        beside = next((name for name in _BESIDE.get(rejected.code, ()) if name in self.fields), None)
        self._say(beside, wording.say(rejected, rules))
        return status_of(rejected)

    def show_again(self, *, version: int | None = None, seen: str = "") -> None:
        """Make the form ready to be sent once more: what was typed stays, key, version and text seen are today's."""
        assert isinstance(self.data, QueryDict)
        data = self.data.copy()
        data["key"] = str(uuid4())
        if version is not None:
            data["seen_version"] = str(version)
        if "seen" in self.fields:
            data["seen"] = seen
        self.data = data

    @property
    def names_units(self) -> bool:
        """Tell whether a list of the city's units helps to fill it in."""
        return any(name in self.fields for name in (*_UNIT_FIELDS, "units", "co"))

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to fill in, so that a button is enough."""
        return not self.visible_fields()

    @property
    def label(self) -> str:
        """Return the command's name in Chinese."""
        return wording.COMMANDS[self.command]

    def _place(self, name: str) -> str | None:
        """Return the form's field for a field of the command."""
        part = name.replace(".", "_")
        choices: tuple[str, ...] = (part, f"emergency_{part}", "by_workdays" if part == "length" else "")
        if part in ("place", "facts") and self.data.get("emergency_level"):
            choices = (f"emergency_{part}",)
        return next((each for each in choices if each in self.fields), None)

    def _say(self, name: str | None, sentence: str) -> None:
        if sentence not in self.errors.get(name or "__all__", ()):
            self.add_error(name, sentence)


class RevealForm(SummedForm):
    """Which fields of an identity are wanted, and why. Source: JY-8d, JY-23.5."""

    fields_wanted = forms.MultipleChoiceField(
        label=gettext_lazy("查看内容"),
        choices=[
            ("name", gettext_lazy("姓名")),
            ("phone", gettext_lazy("联系电话")),
            ("id_number", gettext_lazy("证件号码")),
            ("address", gettext_lazy("住址")),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请选择要查看的内容")},
    )
    reason = forms.CharField(
        label=gettext_lazy("查看理由"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明查看理由，查看会留下记录。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class WordsForm(SummedForm):
    """Why the words are to be read as they were said. Source: JY-8d, JY-23.5, SZ-13.3."""

    reason = forms.CharField(
        label=gettext_lazy("查看理由"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明查看理由，查看会留下记录。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class FindForm(SummedForm):
    """What is looked for. It is sent by POST, so that no personal data stand in an address."""

    words = forms.CharField(
        label=gettext_lazy("工单编号或标题中的字词"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("编号可只写开头六位以上；字词至少两个字，多个词用空格隔开。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("诉求人电话"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )


def _wanted_by_pack(name: str, ground: Ground) -> tuple[str, ...]:
    rules = ground.rules
    match name:
        case "request_return":
            return tuple(rules.return_fields)
        case "request_extension":
            consent = ("leader_consent",) if rules.ext_unit_leader_consent else ()
            informed = ("citizen_informed",) if rules.ext_inform_citizen == "guard" else ()
            return (*rules.ext_fields, *consent, *informed)
        case "submit":
            return tuple(rules.submit_fields)
        case "ask_acceptance" if rules.undecided_acceptance == "unit_written_opinion":
            return ("unit",)
        case _:
            return ()


def _is_shown(name: str, key: str, ground: Ground) -> bool:
    """Leave out what would mean nothing on this order."""
    order, rules = ground.order, ground.rules
    match name, key:
        case "respond", "by_phone" | "unit" | "who" | "when":
            return ground.role != "officer"
        case "sign", "investigate":
            return order.direct
        case _, "programme":
            return bool(ground.sessions)
        case _, "call":
            return False  # where a registration begins with one, its form says so
        case "dispatch", "direct_answerable":
            return rules.direct_answer_limit is not None
        case "accept_return" | "refuse_return", "unit":
            return sum(part.stage == RETURN_REQUESTED for part in order.parts) > 1
        case ("publish", "exception" | "unit_suggests_no" | "basis"):
            return False
        case "reply", "channel_reason" | "channel_attempts":
            return rules.reply_same_channel
        case "reply", "withhold":
            return 3 in rules.publish_exceptions and not order.is_private and not order.confidential
        case _:
            return True


def _fields_for(name: str, key: str, metadata: Mapping[str, Any], ground: Ground) -> list[tuple[str, Any]]:
    label = _label(name, key)
    options = _options(name, key, metadata, ground)
    match metadata["kind"]:
        case "map":
            return []
        case "text" if key == "programme":
            return [(key, _one_of(label, [("", _("不是节目收集的")), *ground.sessions]))]
        case "attest":
            box = forms.BooleanField(label=label, required=False)
            return [
                (key, box),
                (
                    f"{key}_note",
                    _text(_("%(what)s的说明") % {"what": label}, SHORT_TEXT, hint=_("何时、何人、以何种方式。")),
                ),
            ]
        case "flag" if key in _YES_OR_NO:
            return [(key, _one_of(label, _YES_NO_CHOICES))]
        case "flag":
            return [(key, forms.BooleanField(label=label, required=False))]
        case "names" if options is not None:
            widget = forms.CheckboxSelectMultiple
            return [(key, forms.MultipleChoiceField(label=label, choices=options, required=False, widget=widget))]
        case "names" if key in ("units", "co"):
            return [(key, UnitNames(label=label, required=False))]
        case "names":
            return [(key, _text(label, LONG_TEXT, long=True))]
        case "moment":
            moment = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
            return [(key, forms.CharField(label=label, max_length=40, required=False, widget=moment))]
        case _ if options is not None:
            if key in _FEW:
                return [(key, _one_of(label, options))]
            choices = [("", _("请选择")), *options]
            return [(key, forms.ChoiceField(label=label, choices=choices, required=False))]
        case "count":
            number = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
            return [(key, forms.CharField(label=label, max_length=6, required=False, widget=number))]
        case _:
            listed = key in _UNIT_FIELDS
            long = bool(metadata.get("long"))
            return [(key, _text(label, LONG_TEXT if long else SHORT_TEXT, long=long, listed=listed))]


def _label(name: str, key: str) -> str:
    if (name, key) == ("return_result", "to"):
        return _("报送")
    if (name, key) == ("link", "to"):
        return _("并入的工单")
    if (name, key) == ("request_return", "reason"):
        return _("退回理由")
    return wording.FIELDS.get(key, key)


def _options(name: str, key: str, metadata: Mapping[str, Any], ground: Ground) -> Sequence[tuple[str, str]] | None:
    """Return what a field may be chosen from, with the pack's own words, or None for a free one."""
    rules, order = ground.rules, ground.order
    words = wording.CHOICES.get(key, {})
    match key:
        case "channel":
            return _translated(rules.channels)
        case "type":
            return _translated(rules.appeal_types)
        case "satisfied":
            return _translated(rules.satisfaction_grades)
        case "receivers":
            return [(each, each) for each in rules.transfer_receivers]
        case "organ":
            return [(each, each) for each in order.pushed]
        case "number":
            return [(number, number) for number in rules.emergency_numbers]
        case "code":
            codes = [code for code in rules.reject_codes if (code == "R9") == (ground.role == "supervisor")]
            return [(code, f"{code} {wording.label_of_code(code, rules)}") for code in codes]
        case "branch":
            return [(branch, f"{branch} {words.get(branch, '')}") for branch in rules.internal_branches]
        case "exception":
            held = [each for each in rules.publish_exceptions if exception_holds(each, ground.order)]
            return [(str(each), wording.label_of_exception(each, rules)) for each in held]
        case "to" if name == "return_result":
            return list(words.items())
        case "unit" if name in ("accept_return", "refuse_return", "relieve"):
            return [(part.unit, part.unit) for part in order.parts] or None
        case _ if metadata["kind"] in ("choice", "grade"):
            return [(value, words.get(value, value)) for value in metadata["values"]]
        case _:
            return None


def _translated(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the pack's own words in the reader's language."""
    return [(code, wording.tr(label)) for code, label in words.items()]


def _one_of(label: str, choices: Sequence[tuple[str, Any]]) -> forms.ChoiceField:
    """Return a field of few choices: all of them in sight, one press each."""
    return forms.ChoiceField(label=label, choices=list(choices), required=False, widget=forms.RadioSelect)


def _text(label: str, limit: int, *, long: bool = False, listed: bool = False, hint: str = "") -> forms.CharField:
    attrs: dict[str, str] = {"autocomplete": "off"}
    if listed:
        attrs["list"] = "unit-names"
    widget = forms.Textarea(attrs={"rows": 5}) if long else forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, max_length=limit, required=False, widget=widget, help_text=hint)
