"""The form of a command of any life cycle, made of the command's fields and the kind's labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_of
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.core.lifecycles.kinds import Kind, Labels
from minsheng.domain.orders.fields import LONG, SHORT
from minsheng.domain.rejected import Rejected
from minsheng.workbench.forms import SummedForm


class ThingForm(SummedForm):
    """A command's fields, the key that makes a second press harmless, and the version that was seen."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, kind: Kind[Any], command: str, **more: Any) -> None:
        super().__init__(**more)
        assert kind.labels is not None
        self.kind, self.command, self.label = kind, command, wording.tr(kind.labels.commands[command])
        row = next(row for row in kind.cycle.rows if row.command.name == command)
        self.shape: type[Any] = row.command
        for each in fields_of(row.command):
            made = _field(each.name, each.metadata, kind.labels)
            made.required = each.name in row.wants
            made.error_messages["required"] = _("请填写%(what)s。") % {"what": made.label}
            self.fields[each.name] = made

    def values(self) -> dict[str, object]:
        """Return the plain values that were filled in."""
        given = {name: self.cleaned_data.get(name) for name in self.fields if name not in ("key", "seen_version")}
        return {name: value for name, value in given.items() if value not in ("", None, [], False)}

    def refuse(self, refused: Rejected) -> None:
        """Put the refusal's sentence beside the field that it is about, or over the form."""
        named = refused.params.get("fields", ())
        beside = named[0] if isinstance(named, tuple) and named else "reason" if "reason" in refused.code else None
        self.add_error(beside if beside in self.fields else None, wording.say(refused))

    def show_again(self) -> None:
        """Make the form ready to be sent once more: what was typed stays, the key is new."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "key": str(uuid4())}


def _field(name: str, metadata: Mapping[str, Any], labels: Labels) -> Any:
    label = wording.tr(labels.fields.get(name) or wording.FIELDS.get(name, name))
    match metadata["kind"]:
        case "flag":
            return forms.BooleanField(label=label)
        case "choice" | "code":
            words = labels.choices.get(name, {})
            options = [(value, wording.tr(words.get(value, value))) for value in metadata["values"]]
            return forms.ChoiceField(label=label, choices=[("", _("请选择")), *options])
        case "moment":
            return forms.CharField(
                label=label, max_length=40, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
            )
        case "count":
            return forms.CharField(label=label, max_length=6, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
        case "names":
            return _Lines(label=label, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("每行一个。"))
        case _ if metadata.get("long"):
            return forms.CharField(label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": 4}))
        case _:
            return forms.CharField(label=label, max_length=SHORT, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class _Lines(forms.CharField):
    def clean(self, value: Any) -> Any:
        """Return the lines that are filled in."""
        text = super().clean(value)
        return [line.strip() for line in text.splitlines() if line.strip()]
