"""The seat's form: what is said, who says it (for the vault), what it is about, and an answer given on the spot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.domain.categories import Categories
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.commands import Malformed
from minsheng.domain.rejected import Rejected
from minsheng.workbench.forms import LONG_TEXT, SHORT_TEXT, CommandForm, Ground

# What stands open on the screen, in the template's own order; and what is rare, folded away.
_RARE = (
    "programme", "target_person", "id_number", "address", "real_name", "written_opinion", "lead_needed", "utility",
    "line", "system", "upper_due",
)  # fmt: skip
_FACTS = ("emergency_place", "emergency_facts", "emergency_ground")
_EMERGENCY = ("level", "place", "facts", "ground", "happening", "plan", "reason")


class RegistrationForm(CommandForm):
    """Registration by a seat: the command's fields, who speaks, the category, the emergency's facts, an answer."""

    def __init__(self, *, ground: Ground, **more: Any) -> None:
        super().__init__("submit", ground=ground, leave_out=("emergency",), **more)
        for name, label, limit, attrs in (
            ("name", _("姓名"), 100, {}),
            ("phone", wording.FIELDS["phone"], 30, {"inputmode": "tel"}),
            ("id_number", _("证件号码"), 30, {}),
            ("address", _("住址"), 300, {}),
            ("category_text", _("分类"), 200, {"list": "category-names"}),
        ):
            widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
            self.fields[name] = forms.CharField(label=label, max_length=limit, required=False, widget=widget)
        # What somebody sent, or their call, where the registration begins with it.
        self.fields["incoming"] = forms.UUIDField(required=False, widget=forms.HiddenInput())
        self.fields["call"] = forms.UUIDField(required=False, widget=forms.HiddenInput())
        code = forms.HiddenInput(attrs={"data-combo-code": ""})
        self.fields["category"] = forms.CharField(max_length=20, required=False, widget=code)
        self.fields["answer_article"] = _text(_("依据的知识条目"), SHORT_TEXT)
        self.fields["answer_no_article"] = forms.BooleanField(label=_("没有可用的知识"), required=False)
        self.fields["answer_text"] = _text(_("解答内容"), LONG_TEXT, rows=3)
        for name in ("answer_article", "answer_text"):
            self.fields[name].wanted = True  # type: ignore[attr-defined]
        self.fields["content"].widget.attrs["rows"] = 4
        if "target_person" in self.fields:
            # Who is chosen from the unit's people is known for certain; anything else may be typed as before.
            person = self.fields["target_person"]
            person.widget.attrs.update({"list": "unit-people", "autocomplete": "off"})
            person.help_text = _("填写被反映单位后，可从该单位人员中选择；反映的是个人的，请尽量选择。")
        # Its hint stands in the field: beside it are fields without one.
        self.fields["matter"].help_text = ""
        self.fields["matter"].widget.attrs["placeholder"] = _("此前工单的编号")
        if ground.rules.emergency_enabled:
            self._add_emergency(ground)

    def _add_emergency(self, ground: Ground) -> None:
        levels = [("", _("不是应急事项")), *wording.CHOICES["level"].items()]
        numbers = [
            ("", _("不属于")),
            *((number, _("属于 %(number)s") % {"number": number}) for number in ground.rules.emergency_numbers),
        ]
        self.fields["emergency_level"] = forms.ChoiceField(label=_("应急等级"), choices=levels, required=False)
        self.fields["emergency_case"] = forms.ChoiceField(
            label=_("是否属于紧急救助电话处置的情形"), choices=numbers, required=False
        )
        self.fields["emergency_place"] = _text(_("事发地点"), SHORT_TEXT)
        self.fields["emergency_facts"] = _text(wording.FIELDS["facts"], LONG_TEXT, rows=2)
        if grounds := ground.rules.emergency_grounds:
            named = [("", _("请选择")), *((code, f"{code} {wording.tr(words)}") for code, words in grounds.items())]
            self.fields["emergency_ground"] = forms.ChoiceField(label=_("应急情形"), choices=named, required=False)
            happening = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
            self.fields["emergency_happening"] = forms.CharField(
                label=_("危害开始时间"), max_length=40, required=False, widget=happening
            )
            self.fields["emergency_plan"] = _text(_("依据的应急预案"), SHORT_TEXT)
            self.fields["emergency_reason"] = _text(_("要求立即响应的理由"), LONG_TEXT, rows=2)
            for code, name in ground.rules.emergency_ground_wants.items():
                self.fields[f"emergency_{name}"].widget.attrs["data-ground"] = code
        for name in (each for each in _FACTS if each in self.fields):
            field = self.fields[name]
            field.wanted = True  # type: ignore[attr-defined]
            field.widget.attrs["data-needed"] = _("请填写：%(what)s。") % {"what": field.label}

    @property
    def rare(self) -> list[forms.BoundField]:
        """Return the fields that few appeals need."""
        return [self[name] for name in _RARE if name in self.fields]

    @property
    def rare_is_open(self) -> bool:
        """Tell whether one of them says something, or is wrong."""
        return any(field.errors or field.value() not in (None, "", False, "12345") for field in self.rare)

    @property
    def shows_emergency(self) -> bool:
        """Tell whether the fields of an emergency are to be seen."""
        return "emergency_level" in self.fields and bool(self["emergency_level"].value())

    @property
    def shows_answer(self) -> bool:
        """Tell whether an answer on the spot was begun."""
        return any(self[name].value() for name in ("answer_article", "answer_no_article", "answer_text"))

    @property
    def is_emergency(self) -> bool:
        """Tell whether it is registered as an emergency."""
        return bool(self.cleaned_data.get("emergency_level") or self.cleaned_data.get("emergency_case"))

    def values(self) -> dict[str, object]:
        """Return the command's plain values, with those of the emergency if it is one."""
        given = super().values()
        if self.cleaned_data.get("emergency_level"):
            given["emergency"] = {name: self.cleaned_data.get(f"emergency_{name}") or None for name in _EMERGENCY}
        return given

    def refused_for_emergency_number(self) -> bool:
        """Refuse the emergency track for what an emergency number takes (JY-34b); return whether that is so."""
        number = self.cleaned_data.get("emergency_case")
        if not number:
            return False
        words = wording.say(Rejected("is_emergency_number", value=number))
        told = _("请立即提醒拨打并转接 %(number)s。") % {"number": number}
        self.add_error("emergency_case", f"{told}{words}")
        return True

    def category(self, tree: Categories) -> str:
        """Return the code of what it is about, empty for none; what nobody knows is refused beside the field."""
        code, text = self.cleaned_data.get("category", ""), self.cleaned_data.get("category_text", "").strip()
        if not code and not text:
            return ""
        leaf = tree.chosen(code=code, text=text)
        if leaf is None:
            self.add_error("category_text", _("没有这个分类，请从列表中选择，或留空。"))
            return ""
        return leaf.code

    def answer(self) -> cmd.Answer | None:
        """Return the answer given on the spot, or None when something is missing: it stands beside its field.

        Source: JY-9.1a: an online answer names its article, or says that there is none.
        """
        given = {
            name: value
            for name in ("article", "no_article", "text")
            if (value := self.cleaned_data.get(f"answer_{name}"))
        }
        missing = [] if "article" in given or "no_article" in given else ["article"]
        missing += [] if "text" in given else ["text"]
        for name in missing:
            field = f"answer_{name}"
            self.add_error(field, _("请填写：%(what)s。") % {"what": self.fields[field].label})
        if missing:
            return None
        try:
            built = cmd.build("answer", given, zone=self.ground.rules.worktime.zone)
        except Malformed as fault:
            self._say(self._place(fault.key), wording.say(fault, self.ground.rules))
            return None
        assert isinstance(built, cmd.Answer)
        return built

    def identity(self) -> dict[str, str | None]:
        """Return who speaks, for the vault."""
        return {name: self.cleaned_data.get(name) or None for name in ("name", "phone", "id_number", "address")}

    def kept(self) -> Mapping[str, list[str]]:
        """Return what was typed so far, as it is kept for a crash; nothing that belongs to this showing of the form."""
        left_out = ("key", "seen_version")
        return {
            name: [value[:LONG_TEXT] for value in self.data.getlist(name)]  # type: ignore[attr-defined]
            for name in self.fields
            if name not in left_out and any(self.data.getlist(name))  # type: ignore[attr-defined]
        }

    def _place(self, name: str) -> str | None:
        return super()._place(name) or (f"answer_{name}" if f"answer_{name}" in self.fields else None)


def _text(label: str, limit: int, *, rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=limit, required=False, widget=widget)
