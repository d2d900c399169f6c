"""The questions of filing, one form a page, and the forms of what one may do with one's own appeal."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minsheng import wording
from minsheng.domain.rules import Rules
from minsheng.public.citizens.forms import MOBILE_OR_LANDLINE, AskedForm, CitizenForm, LongText, Text, telephone

CONTENT_AT_MOST: Final = 5_000
_OFFERED_AT_MOST: Final = 5
# Words of danger that cannot wait for an office: the next page says which number to ring, and nothing is held up.
_DANGER: Final = re.compile(
    r"着火|起火|火灾|煤气泄漏|燃气泄漏|燃气味|跳楼|轻生|救命|抢劫|行凶|砍人|被困|溺水|落水|触电|爆炸|坍塌|昏迷|中毒|正在打人"
)
_HINTS: Final = {
    "consult": gettext_lazy("想了解政策、办事程序"),
    "help": gettext_lazy("遇到困难，希望帮助解决"),
    "suggest": gettext_lazy("对工作有意见或建议"),
    "complaint": gettext_lazy("对服务、管理、扰民等不满意"),
    "report": gettext_lazy("反映违法违规行为"),
}


def sounds_dangerous(text: str) -> bool:
    """Tell whether the words speak of a danger that may be present."""
    return _DANGER.search(text) is not None


class StepForm(CitizenForm):
    """One page of filing; `rules` are the city's, `units` the names that may be complained about."""

    def __init__(self, *args: Any, rules: Rules, units: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules, self.units = rules, units

    def answers(self) -> dict[str, str]:
        """Return what was answered, as texts."""
        return {name: str(value or "") for name, value in self.cleaned_data.items()}


class TypeForm(StepForm):
    """What kind of matter it is."""

    type = forms.ChoiceField(
        label=gettext_lazy("您要反映的是哪一类事情？"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一类。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = self.rules.appeal_types
        self.fields["type"].choices = [  # type: ignore[attr-defined]
            (code, f"{wording.tr(label)}{_('：')}{_HINTS[code]}" if code in _HINTS else wording.tr(label))
            for code, label in types.items()
        ]


class ContentForm(StepForm):
    """What happened."""

    title = Text(
        label=gettext_lazy("一句话概括"),
        max_length=60,
        help_text=gettext_lazy("例如：小区门口路灯连续三天不亮"),
        error_messages={"required": gettext_lazy("请用一句话概括。"), "max_length": gettext_lazy("请不超过 60 个字。")},
    )
    content = LongText(
        rows=10,
        label=gettext_lazy("详细情况"),
        max_length=CONTENT_AT_MOST,
        help_text=gettext_lazy(
            "请写明时间、经过，以及您希望怎样解决。不要在这里写姓名、电话、证件号码，后面会单独询问。"
        ),
        error_messages={
            "required": gettext_lazy("请写明情况。"),
            "max_length": gettext_lazy("请不超过 5000 个字。"),
            "min_length": gettext_lazy("请再写得具体一些，至少 10 个字。"),
        },
        min_length=10,
    )


class PlaceForm(StepForm):
    """Where it is."""

    place = Text(
        label=gettext_lazy("事情发生在哪里？"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("尽量写明区、街道和门牌或附近的标志。与地点无关的可以不填。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def close_names(typed: str, names: Sequence[str]) -> list[str]:
    """Return up to five names like what was typed, the likeliest first: those that hold it or are held, then others."""
    within = [name for name in names if typed in name or name in typed]
    # A unit's short name leaves out half of the letters: 城管局 for 江阴市城市管理局.
    alike = difflib.get_close_matches(typed, names, n=_OFFERED_AT_MOST, cutoff=0.4)
    return list(dict.fromkeys([*sorted(within, key=len), *alike]))[:_OFFERED_AT_MOST]


class AboutForm(StepForm):
    """Which unit it is about, if one is complained about: that unit never learns who filed. Source: A-15.

    `offered`: names that may have been meant, where there is none like the one that was typed.
    """

    offered: Sequence[str] = ()
    target_unit = Text(
        label=gettext_lazy("是对某个单位不满意吗？"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("是的话请填写单位名称，该单位看不到您是谁。不是或不清楚的，可以不填。"),
        widget=forms.TextInput(attrs={"list": "unit-names", "autocomplete": "off"}),
    )

    def clean_target_unit(self) -> str:
        """Return a unit that there is, or nothing."""
        name = str(self.cleaned_data["target_unit"]).strip()
        if name and name not in self.units:
            self.offered = close_names(name, self.units)
            if self.offered:
                raise forms.ValidationError(_("没有叫这个名称的单位，请从下面选择或核对名称；不清楚的可以不填。"))
            raise forms.ValidationError(_("没有这个单位，请核对名称；不清楚的可以不填。"))
        return name


class PublishForm(StepForm):
    """Whether the result may be published. Source: JY-9.8.2; confidential handling GB/T 33358."""

    publish = forms.ChoiceField(
        label=gettext_lazy("办结后，可以公开吗？"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "公开前会去掉姓名、电话、住址等个人信息，并由工作人员逐字确认。选择公开或不公开的，办结前后都可以修改。"
        ),
        choices=[
            ("yes", gettext_lazy("可以公开：方便遇到同样问题的人")),
            ("no", gettext_lazy("不公开：只答复我本人")),
            ("confidential", gettext_lazy("保密：不公开，并且不让承办单位知道我是谁")),
        ],
        error_messages={"required": gettext_lazy("请选择一项。")},
    )


class ContactForm(StepForm):
    """Who files and where the answer goes. An account's own name and telephone are not asked again."""

    appellant = forms.ChoiceField(
        label=gettext_lazy("您是以什么身份反映？"),
        widget=forms.RadioSelect,
        choices=[
            ("citizen", gettext_lazy("个人")),
            ("enterprise", gettext_lazy("企业")),
            ("organization", gettext_lazy("其他组织")),
        ],
        error_messages={"required": gettext_lazy("请选择一项。")},
    )
    name = Text(
        label=gettext_lazy("怎么称呼您？"),
        max_length=50,
        required=False,
        help_text=gettext_lazy("加密保存，不会公开。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("联系电话"),
        max_length=30,
        help_text=gettext_lazy("用于答复和回访，加密保存，不会公开。"),
        error_messages={"required": gettext_lazy("请填写联系电话。")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )

    written = forms.BooleanField(
        label=gettext_lazy("办结时请给我书面意见"),
        required=False,
        help_text=gettext_lazy("由承办单位出具，答复后可以在“我的诉求”里下载。"),
    )

    def __init__(self, *args: Any, with_account: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if with_account:
            del self.fields["name"], self.fields["phone"]

    def clean_phone(self) -> str:
        """Return the number as digits."""
        otherwise = _("电话号码不正确，请填写 11 位手机号，或带区号的固定电话。")
        area = self.rules.area_code or ""
        return telephone(str(self.cleaned_data["phone"]), like=MOBILE_OR_LANDLINE, otherwise=otherwise, area=area)


class CheckForm(AskedForm):
    """The last word: that it is true, and that a person says so."""

    agreed = forms.BooleanField(
        label=gettext_lazy("我确认以上内容属实，愿意配合核实"),
        error_messages={"required": gettext_lazy("请勾选确认后再提交。")},
    )
    field_order = ("agreed",)


class QueryForm(AskedForm):
    """Number and code."""

    number = forms.CharField(
        label=gettext_lazy("诉求编号"),
        max_length=40,
        error_messages={"required": gettext_lazy("请填写诉求编号。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    code = forms.CharField(
        label=gettext_lazy("查询码"),
        max_length=20,
        help_text=gettext_lazy("回执上的 8 位字母和数字。"),
        error_messages={"required": gettext_lazy("请填写查询码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "short"}),
    )
    field_order = ("number", "code")

    def clean_number(self) -> str:
        """Return the number without spaces between its digits, and as digits where a keyboard made them wide."""
        return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(self.cleaned_data["number"])))


class KeyedForm(CitizenForm):
    """A command of a citizen: the key makes a second press of the button harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput)


class MaterialForm(KeyedForm):
    """What there is to add."""

    text = LongText(
        rows=4,
        label=gettext_lazy("补充说明"),
        max_length=CONTENT_AT_MOST,
        required=False,
        error_messages={"max_length": gettext_lazy("请不超过 5000 个字。")},
    )


class UrgeForm(KeyedForm):
    """Why it presses."""

    text = LongText(
        rows=2,
        label=gettext_lazy("想说的话"),
        max_length=500,
        required=False,
    )


class RateForm(KeyedForm):
    """How the appellant finds it; who is dissatisfied says mainly why. Source: JY-9.6, SQ-10.5a."""

    satisfied = forms.ChoiceField(
        label=gettext_lazy("您对办理结果满意吗？"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一项。")},
    )
    resolved = forms.ChoiceField(
        label=gettext_lazy("问题解决了吗？"),
        widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("解决了")), ("no", gettext_lazy("没有解决"))],
        error_messages={"required": gettext_lazy("请选择一项。")},
    )
    cause = forms.ChoiceField(label=gettext_lazy("不满意的主要原因"), required=False)
    remark = LongText(
        rows=3,
        label=gettext_lazy("具体意见"),
        max_length=1000,
        required=False,
    )

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.satisfied_grades = rules.satisfied_grades
        grades = [(code, wording.tr(label)) for code, label in rules.satisfaction_grades.items()]
        self.fields["satisfied"].choices = grades  # type: ignore[attr-defined]
        self.fields["cause"].choices = [("", _("请选择")), *wording.CHOICES["cause"].items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask the dissatisfied for the cause."""
        cleaned = super().clean() or self.cleaned_data
        grade = cleaned.get("satisfied")
        if grade and grade not in self.satisfied_grades and not cleaned.get("cause"):
            self.add_error("cause", _("请选择不满意的主要原因。"))
        return cleaned


class ChoiceForm(KeyedForm):
    """The appellant's choice of publication."""

    publish = forms.ChoiceField(
        label=gettext_lazy("办结后可以公开吗？"),
        widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("可以公开")), ("no", gettext_lazy("不公开"))],
    )
