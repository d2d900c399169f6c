"""The form of a command of any life cycle, made of the command's fields and the kind's labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields as fields_of
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minsheng import wording
from minsheng.core.lifecycles import saying
from minsheng.core.lifecycles.kinds import Kind, Labels
from minsheng.domain.orders.fields import LONG, SHORT
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.workbench.forms import SummedForm

_YES_OR_NO: Final = [("", gettext_lazy("请选择")), ("true", gettext_lazy("是")), ("false", gettext_lazy("否"))]
# Fields beside which the names of the city's units are offered.
_UNITS: Final = ("unit", "lead")
_NUMBER: Final = re.compile(r"[A-Z]?\d+[a-z]?(?:\.\w+)?")
_WORKDAYS: Final = re.compile(r"(\d{1,3})\s*(?:个工作日)?")


def _place(code: str, wanted: Sequence[str]) -> int:
    """Return where a choice stands: the empty one, then those that are wanted, then the others as they were."""
    if not code:
        return -1
    return wanted.index(code) if code in wanted else len(wanted)


class ThingForm(SummedForm):
    """A command's fields, the key that makes a second press harmless, and the version that was seen."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, kind: Kind[Any], command: str, *, rules: Rules, role: str = "", **more: Any) -> None:
        super().__init__(**more)
        assert kind.labels is not None
        self.kind, self.command, self.label = kind, command, wording.tr(kind.labels.commands[command])
        row = next(row for row in kind.cycle.rows if row.command.name == command)
        self.shape: type[Any] = row.command
        withheld = kind.labels.withheld(rules, role)
        options = {
            name: {code: label for code, label in each.items() if code not in withheld.get(name, ())}
            for name, each in kind.labels.options(rules).items()
        }
        for each in (each for each in fields_of(row.command) if each.name not in kind.labels.unasked):
            if each.name in kind.labels.carried:
                self.fields[each.name] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=SHORT)
                continue
            made = _field(each.name, each.metadata, kind.labels, options.get(each.name))
            made.required = each.name in row.wants
            made.error_messages["required"] = _("请填写%(what)s。") % {"what": made.label}
            self.fields[each.name] = made

    def put_first(self, codes: Mapping[str, Sequence[str]]) -> None:
        """Let these choices of a field stand before its others, in this order."""
        for name, wanted in codes.items():
            field = self.fields.get(name)
            if wanted and isinstance(field, forms.ChoiceField):
                offered = [(str(code), label) for code, label in field.choices]  # type: ignore[union-attr, misc]
                field.choices = sorted(offered, key=lambda each: _place(each[0], wanted))

    @property
    def names_units(self) -> bool:
        """Tell whether a list of the city's units helps to fill it in."""
        return any(name in self.fields for name in _UNITS)

    def values(self) -> dict[str, object]:
        """Return the plain values that were filled in."""
        given = {name: self.cleaned_data.get(name) for name in self.fields if name not in ("key", "seen_version")}
        return {name: value for name, value in given.items() if value not in ("", None, [], False)}

    def refuse(self, refused: Rejected) -> None:
        """Put the refusal's sentence beside the field that it is about, or over the form."""
        named = refused.params.get("fields", ())
        beside = named[0] if isinstance(named, tuple) and named else "reason" if "reason" in refused.code else None
        self.add_error(beside if beside in self.fields else None, saying.say(self.kind, refused, called=self._called))

    def _called(self, name: str) -> str:
        assert self.kind.labels is not None
        if name in self.fields:
            return str(self.fields[name].label)
        return wording.tr(self.kind.labels.fields.get(name, name))

    def show_again(self) -> None:
        """Make the form ready to be sent once more: what was typed stays, the key is new."""
        data = MultiValueDict(dict(self.data.lists())) if isinstance(self.data, MultiValueDict) else MultiValueDict()
        data["key"] = str(uuid4())
        self.data = data


def _field(name: str, metadata: Mapping[str, Any], labels: Labels, options: Mapping[str, str] | None) -> Any:
    label = wording.tr(labels.fields.get(name) or wording.FIELDS.get(name, name))
    words = options or labels.choices.get(name, {})
    kind, offered = metadata["kind"], options or metadata.get("offers")
    if kind in ("choice", "code") or (kind == "text" and offered):
        choices = [(value, _numbered(value, words.get(value, value))) for value in offered or metadata["values"]]
        return forms.ChoiceField(label=label, choices=[("", _("请选择")), *choices])
    if kind == "names" and offered:
        choices = [(value, _numbered(value, words.get(value, value))) for value in offered]
        return forms.MultipleChoiceField(label=label, choices=choices, widget=forms.CheckboxSelectMultiple)
    match kind:
        case "flag" if metadata.get("asked"):
            return forms.ChoiceField(label=label, choices=_YES_OR_NO)
        case "flag":
            return forms.BooleanField(label=label)
        case "moment":
            return forms.CharField(
                label=label,
                max_length=40,
                widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
            )
        case "day":
            return forms.CharField(
                label=label, max_length=20, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            )
        case "count":
            return forms.CharField(label=label, max_length=6, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
        case "attest":
            return _Attested(label=label, max_length=SHORT, help_text=_("何时、以何种方式、说了什么；没有则留空。"))
        case "names":
            return _Lines(label=label, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("每行一个。"))
        case "maps" if "by_workdays" not in _names_of(metadata["shape"]):
            return _Rows(labels, metadata["shape"], label=label, widget=forms.Textarea(attrs={"rows": 3}))
        case "maps":
            help_text = _("每行一项：单位｜任务｜期限（如 3个工作日，或 2026-06-22 10:00）。")
            return _Tasks(label=label, widget=forms.Textarea(attrs={"rows": 3}), help_text=help_text)
        case _ if metadata.get("long"):
            return forms.CharField(label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": 4}))
        case _:
            attrs = {"autocomplete": "off", **({"list": "unit-names"} if name in _UNITS else {})}
            return forms.CharField(label=label, max_length=SHORT, widget=forms.TextInput(attrs=attrs))


def _numbered(value: str, label: str) -> str:
    """Return a choice as people read it: with its number where it is one of a rule, as `V3` or `43.1`."""
    called = wording.tr(label)
    return f"{value} {called}" if _NUMBER.fullmatch(value) else called


class _Lines(forms.CharField):
    def clean(self, value: Any) -> Any:
        """Return the lines that are filled in."""
        text = super().clean(value)
        return [line.strip() for line in text.splitlines() if line.strip()]


class _Attested(forms.CharField):
    def clean(self, value: Any) -> Any:
        """Return what was told, if something was."""
        text = super().clean(value)
        return {"text": text} if text else None


def _names_of(shape: type[Any]) -> list[str]:
    return [each.name for each in fields_of(shape)]


class _Rows(_Lines):
    """Lines of what a shape asks, its fields in their order; the last ones may be left out."""

    def __init__(self, labels: Labels, shape: type[Any], **more: Any) -> None:
        self._names = _names_of(shape)
        self._called = "｜".join(wording.tr(labels.fields.get(name, name)) for name in self._names)
        super().__init__(**more, help_text=_("每行一项：%(what)s。") % {"what": self._called})

    def clean(self, value: Any) -> Any:
        """Return a map a line. Raises: ValidationError, naming the line."""
        return [self._row(line, number) for number, line in enumerate(super().clean(value), start=1)]

    def _row(self, line: str, number: int) -> dict[str, str]:
        parts = [each.strip() for each in re.split(r"[|｜]", line)]
        if not 2 <= len(parts) <= len(self._names) or not parts[0]:
            raise ValidationError(_("第 %(number)s 行请写成：%(what)s。") % {"number": number, "what": self._called})
        return {name: part for name, part in zip(self._names, parts, strict=False) if part}


class _Tasks(_Lines):
    def clean(self, value: Any) -> Any:
        """Return the tasks of units, a line each. Raises: ValidationError, naming the line."""
        return [_task(line, number) for number, line in enumerate(super().clean(value), start=1)]


def _task(line: str, number: int) -> dict[str, str]:
    parts = [each.strip() for each in re.split(r"[|｜]", line)]
    if len(parts) != 3 or not all(parts):
        raise ValidationError(_("第 %(number)s 行请写成：单位｜任务｜期限。") % {"number": number})
    unit, text, due = parts
    if found := _WORKDAYS.fullmatch(due):
        return {"unit": unit, "text": text, "by_workdays": found[1]}
    try:
        return {"unit": unit, "text": text, "by": datetime.fromisoformat(due.replace(" ", "T", 1)).isoformat()}
    except ValueError:
        told = _("第 %(number)s 行的期限请写成 3个工作日，或 2026-06-22 10:00。") % {"number": number}
        raise ValidationError(told) from None
