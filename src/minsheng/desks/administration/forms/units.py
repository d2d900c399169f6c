"""Forms of units and regions: filters, what a unit is, which regions it serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minsheng import wording
from minsheng.core.people.unit_details import PHONE_AT_MOST, Details, Wanted
from minsheng.core.people.units import NAME_AT_MOST
from minsheng.desks.administration.listing import ListForm
from minsheng.desks.administration.pressing import KeyedForm

_CHOOSE = {"invalid_choice": gettext_lazy("请从列表中选择")}
_DAY = {"invalid": gettext_lazy("日期应写成 2026-03-02 的形式")}


class UnitListForm(ListForm):
    """Which units."""

    kind = forms.ChoiceField(label=gettext_lazy("类别"), required=False, error_messages=_CHOOSE)
    level = forms.ChoiceField(label=gettext_lazy("层级"), required=False, error_messages=_CHOOSE)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False, error_messages=_CHOOSE)

    def __init__(self, given: Mapping[str, Any]) -> None:
        super().__init__(given)
        every = [("", _("全部"))]
        self.fields["words"].label = _("单位名称")
        self.fields["kind"].choices = every + list(wording.UNIT_KINDS.items())  # type: ignore[attr-defined]
        self.fields["level"].choices = every + list(wording.UNIT_LEVELS.items())  # type: ignore[attr-defined]
        self.fields["state"].choices = every + list(wording.UNIT_STATES.items())  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """Return which units are wanted; what can't be read filters nothing."""
        self.is_valid()
        return Wanted(**{name: self.cleaned_data.get(name, "") for name in ("words", "kind", "level", "state")})


class DetailsForm(KeyedForm):
    """What a unit is."""

    kind = forms.ChoiceField(label=gettext_lazy("类别"), error_messages=_CHOOSE)
    level = forms.ChoiceField(label=gettext_lazy("层级"), error_messages=_CHOOSE)
    parent = forms.ChoiceField(label=gettext_lazy("上级单位"), required=False, error_messages=_CHOOSE)
    region = forms.CharField(
        label=gettext_lazy("地区"),
        max_length=NAME_AT_MOST,
        required=False,
        help_text=gettext_lazy("没有登记服务区划的单位，统计按这一栏归区。"),
    )
    phone = forms.CharField(
        label=gettext_lazy("公开电话"),
        max_length=PHONE_AT_MOST,
        required=False,
        help_text=gettext_lazy("单位总机，对外公布；不填个人电话。"),
    )

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(wording.UNIT_KINDS.items())  # type: ignore[attr-defined]
        self.fields["level"].choices = list(wording.UNIT_LEVELS.items())  # type: ignore[attr-defined]
        self.fields["parent"].choices = [("", _("（无）")), *((each, each) for each in names)]  # type: ignore[attr-defined]

    def details(self) -> Details:
        """Return what the unit is to be."""
        given = self.cleaned_data
        return Details(given["kind"], given["level"], given["region"], given["parent"], given["phone"])


class NewUnitForm(DetailsForm):
    """A new unit."""

    name = forms.CharField(
        label=gettext_lazy("单位名称"),
        max_length=NAME_AT_MOST,
        error_messages={"required": gettext_lazy("请填写单位名称。")},
    )
    joined_on = forms.DateField(
        label=gettext_lazy("加入日期"),
        required=False,
        error_messages=_DAY,
        help_text=gettext_lazy("自这一天起可以交办；不填为今天。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    is_discipline = forms.BooleanField(label=gettext_lazy("纪检监察机关"), required=False)
    field_order = ("key", "name", "kind", "level", "parent", "region", "phone", "joined_on", "is_discipline")


class ServeForm(KeyedForm):
    """The regions that a unit serves, exactly these."""

    codes = forms.CharField(
        label=gettext_lazy("区划代码"),
        max_length=2_000,
        required=False,
        help_text=gettext_lazy("6、9 或 12 位代码，几个之间用顿号或空格隔开；留空则不服务任何区划。"),
    )

    def wanted(self) -> list[str]:
        """Return the codes."""
        text = self.cleaned_data["codes"]
        for sign in "，,；;、\n":
            text = text.replace(sign, " ")
        return list(text.split())


class EndRegionForm(KeyedForm):
    """Which region is no more, and from when."""

    code = forms.CharField(
        label=gettext_lazy("区划代码"), max_length=20, error_messages={"required": gettext_lazy("请填写区划代码")}
    )
    on = forms.DateField(
        label=gettext_lazy("撤销日期"),
        error_messages={**_DAY, "required": gettext_lazy("请填写撤销日期")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class RegionForm(KeyedForm):
    """A region, or its new name."""

    code = forms.CharField(
        label=gettext_lazy("区划代码"),
        max_length=20,
        help_text=gettext_lazy("6、9 或 12 位数字；已有的代码则改名。"),
        error_messages={"required": gettext_lazy("请填写区划代码")},
    )
    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=50, error_messages={"required": gettext_lazy("请填写名称")}
    )
    parent = forms.CharField(
        label=gettext_lazy("上级代码"), max_length=20, required=False, help_text=gettext_lazy("不填则按代码归属。")
    )
