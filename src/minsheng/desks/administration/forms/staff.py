"""Forms of staff: the list's filters, an account, its roles, its leaving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minsheng import wording
from minsheng.core.people.accounts.changing import NAME_AT_MOST, USERNAME_AT_MOST
from minsheng.core.people.accounts.reading import STATES, Wanted
from minsheng.core.people.terms import Term
from minsheng.desks.administration.listing import ListForm
from minsheng.desks.administration.pressing import KeyedForm
from minsheng.domain.actors import ROLES
from minsheng.domain.rules import Rules

Choices = list[tuple[str, str]]

# Nobody who signs in here is a citizen.
GIVEN_ROLES = tuple(role for role in ROLES if role != "citizen")
_DAY = {"invalid": gettext_lazy("日期应写成 2026-03-02 的形式")}
_CHOOSE = {"invalid_choice": gettext_lazy("请从列表中选择")}


def _any(choices: Choices) -> Choices:
    return [("", _("全部")), *choices]


def _none(choices: Choices) -> Choices:
    return [("", _("（无）")), *choices]


class StaffListForm(ListForm):
    """Which accounts."""

    role = forms.ChoiceField(label=gettext_lazy("岗位"), required=False, error_messages=_CHOOSE)
    unit = forms.ChoiceField(label=gettext_lazy("单位"), required=False, error_messages=_CHOOSE)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, error_messages=_CHOOSE)

    def __init__(self, given: Mapping[str, Any], *, units: list[str]) -> None:
        super().__init__(given)
        self.fields["words"].label = _("姓名或账号")
        self.fields["role"].choices = _any([(role, wording.ROLES[role]) for role in GIVEN_ROLES])  # type: ignore[attr-defined]
        self.fields["unit"].choices = _any([(name, name) for name in units])  # type: ignore[attr-defined]
        self.fields["state"].choices = _any([(state, wording.ACCOUNT_STATES[state]) for state in STATES])  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """Return which accounts are wanted; what can't be read filters nothing."""
        self.is_valid()
        return Wanted(**{name: self.cleaned_data.get(name, "") for name in ("words", "role", "unit", "state")})


class _UnitForm(KeyedForm):
    unit = forms.ChoiceField(label=gettext_lazy("单位"), required=False, error_messages=_CHOOSE)

    def __init__(self, *args: Any, units: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = _none([(name, name) for name in units])  # type: ignore[attr-defined]


class NewStaffForm(_UnitForm):
    """A new account with its first roles."""

    username = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=USERNAME_AT_MOST,
        help_text=gettext_lazy("登录用，不能再改；建议用工号。"),
        error_messages={"required": gettext_lazy("请填写账号")},
    )
    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=NAME_AT_MOST, error_messages={"required": gettext_lazy("请填写姓名")}
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("岗位"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("经办人、分管领导、主要负责人须选单位；起止日期和席位在登记后设定。"),
        error_messages={**_CHOOSE, "required": gettext_lazy("请至少选一个岗位")},
    )
    field_order = ("key", "username", "name", "unit", "roles")

    def __init__(self, *args: Any, units: list[str], **kwargs: Any) -> None:
        super().__init__(*args, units=units, **kwargs)
        self.fields["roles"].choices = [(role, wording.ROLES[role]) for role in GIVEN_ROLES]  # type: ignore[attr-defined]


class NameForm(KeyedForm):
    """A person's name, written otherwise."""

    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=NAME_AT_MOST, error_messages={"required": gettext_lazy("请填写姓名")}
    )


class _SuccessorForm(KeyedForm):
    successor = forms.ChoiceField(
        label=gettext_lazy("在办工作由谁接手"),
        required=False,
        error_messages=_CHOOSE,
        help_text=gettext_lazy("不选则退回同事和单位。"),
    )

    def __init__(self, *args: Any, successors: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].choices = _none([(str(id), name) for id, name in successors])  # type: ignore[attr-defined]

    @property
    def heir(self) -> int | None:
        """Return who takes over, None for nobody."""
        chosen = self.cleaned_data["successor"]
        return int(chosen) if chosen else None


class MoveForm(_SuccessorForm):
    """The unit that somebody goes to, and who takes over what belongs to the old one."""

    unit = forms.ChoiceField(label=gettext_lazy("单位"), required=False, error_messages=_CHOOSE)
    field_order = ("key", "unit", "successor")

    def __init__(self, *args: Any, units: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = _none([(name, name) for name in units])  # type: ignore[attr-defined]


class LeaveForm(_SuccessorForm):
    """Who takes over from somebody who leaves."""


class TermForm(KeyedForm):
    """A role and its term."""

    role = forms.ChoiceField(
        label=gettext_lazy("岗位"), error_messages={**_CHOOSE, "required": gettext_lazy("请选择岗位")}
    )
    starts_on = forms.DateField(
        label=gettext_lazy("起始日期"),
        required=False,
        error_messages=_DAY,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("截止日期"),
        required=False,
        error_messages=_DAY,
        help_text=gettext_lazy("当日仍在岗；不填则长期。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    desk = forms.ChoiceField(label=gettext_lazy("席位"), required=False, error_messages=_CHOOSE)
    level = forms.ChoiceField(label=gettext_lazy("级别"), required=False, error_messages=_CHOOSE)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("政策专员类别"),
        required=False,
        error_messages=_CHOOSE,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(role, wording.ROLES[role]) for role in GIVEN_ROLES]
        self.fields["role"].choices = [("", _("请选择")), *roles]  # type: ignore[attr-defined]
        self.fields["desk"].choices = _none(_labels(rules.desks))  # type: ignore[attr-defined]
        self.fields["level"].choices = _none(_labels(rules.staff_levels))  # type: ignore[attr-defined]
        self.fields["kinds"].choices = _labels(rules.specialist_kinds)  # type: ignore[attr-defined]

    def term(self) -> Term:
        """Return the term that is asked for."""
        given = self.cleaned_data
        return Term(
            given["role"], given["starts_on"], given["ends_on"], given["desk"], given["level"], tuple(given["kinds"])
        )


class TakeRoleForm(KeyedForm):
    """Which role goes."""

    role = forms.CharField(widget=forms.HiddenInput, max_length=40)


class SessionForm(KeyedForm):
    """Which session ends."""

    session = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(KeyedForm):
    """Why a code is given."""

    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=200,
        help_text=gettext_lazy("请先确认对方是本人；理由会留下记录。"),
        error_messages={"required": gettext_lazy("请写明理由")},
    )


def _labels(known: Mapping[str, str]) -> Choices:
    return [(code, wording.tr(label)) for code, label in known.items()]
