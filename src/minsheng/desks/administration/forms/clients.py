"""Forms of the programs that use the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minsheng import wording
from minsheng.core.people.clients import DAYS_AT_MOST, NAME_AT_MOST, STATES
from minsheng.desks.administration.listing import ListForm
from minsheng.desks.administration.pressing import KeyedForm
from minsheng.domain.actors import ROLES

_CHOOSE = {"invalid_choice": gettext_lazy("请从列表中选择")}


class ClientListForm(ListForm):
    """Which programs."""

    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, error_messages=_CHOOSE)

    def __init__(self, given: Mapping[str, Any]) -> None:
        super().__init__(given)
        self.fields["words"].label = _("名称")
        states = [(state, wording.CLIENT_STATES[state]) for state in STATES]
        self.fields["state"].choices = [("", _("全部")), *states]  # type: ignore[attr-defined]


class DaysForm(KeyedForm):
    """How long a token is good."""

    days = forms.IntegerField(
        label=gettext_lazy("有效天数"),
        required=False,
        min_value=1,
        max_value=DAYS_AT_MOST,
        help_text=gettext_lazy("不填则长期有效；建议不超过一年。"),
        error_messages={
            "invalid": gettext_lazy("请填整数天数"),
            "min_value": gettext_lazy("请填 1 到 3650 天"),
            "max_value": gettext_lazy("请填 1 到 3650 天"),
        },
    )


class RolesForm(KeyedForm):
    """The roles of a program."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("岗位"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={**_CHOOSE, "required": gettext_lazy("请至少选一个岗位")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role, wording.ROLES[role]) for role in ROLES]  # type: ignore[attr-defined]


class NewClientForm(RolesForm, DaysForm):
    """A new program."""

    name = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=NAME_AT_MOST,
        help_text=gettext_lazy("例如：某局业务系统；在本市内不重复。"),
        error_messages={"required": gettext_lazy("请填写名称")},
    )
    unit = forms.ChoiceField(label=gettext_lazy("单位"), required=False, error_messages=_CHOOSE)
    field_order = ("key", "name", "unit", "days", "roles")

    def __init__(self, *args: Any, units: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", _("（无）")), *((each, each) for each in units)]  # type: ignore[attr-defined]
