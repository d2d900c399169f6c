"""Forms of signing in and of one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from minsheng.core.people.models import POSTS


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=100,
        error_messages={"required": gettext_lazy("请输入账号")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=200,
        strip=False,
        error_messages={"required": gettext_lazy("请输入密码")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PassForm(SignInForm):
    """Name and password of a locked account, with the code that somebody has given for it."""

    code = forms.CharField(
        label=gettext_lazy("一次性验证码"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("账号被锁定又急需登录时，请致电安全管理员或督办员领取；15 分钟内有效，只能用一次。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class GivePassForm(forms.Form):
    """Whose account is to be opened, and why."""

    username = forms.CharField(
        label=gettext_lazy("账号"), max_length=100, error_messages={"required": gettext_lazy("请输入账号")}
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=200,
        help_text=gettext_lazy("请先确认对方是本人，例如回拨其备案电话；理由会留下记录。"),
        error_messages={"required": gettext_lazy("请写明理由")},
    )


class FactorForm(forms.Form):
    """A code of the telephone or a recovery code, or what a security key answered."""

    code = forms.CharField(
        label=gettext_lazy("验证码或恢复码"),
        max_length=40,
        error_messages={"required": gettext_lazy("请输入验证码或恢复码")},
        help_text=gettext_lazy("验证器应用显示的 6 位数字；手机不在身边时，可用一个恢复码。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )
    answer = forms.CharField(
        max_length=20_000, required=False, widget=forms.HiddenInput(attrs={"data-key-answer": True})
    )
    remember = forms.BooleanField(required=False)

    def __init__(self, *args: Any, days: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if days:
            self.fields["remember"].label = gettext_lazy("%(days)d 天内在本浏览器不再询问") % {"days": days}
        else:
            self.fields.pop("remember", None)
        # A security key answers instead.
        self.fields["code"].required = not (self.is_bound and self.data.get(self.add_prefix("answer")))


class ConfirmFactorForm(FactorForm):
    """The factor once more, before something heavy."""

    remember = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, days=0, **kwargs)


class ConfirmPasswordForm(forms.Form):
    """The password once more, of whoever has no factor."""

    password = forms.CharField(
        label=gettext_lazy("当前密码"),
        strip=False,
        max_length=200,
        error_messages={"required": gettext_lazy("请输入当前密码")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class NewCodesForm(forms.Form):
    """The first code of a telephone, which shows that it has the secret."""

    code = forms.CharField(
        label=gettext_lazy("验证器应用显示的 6 位数字"),
        max_length=20,
        error_messages={"required": gettext_lazy("请输入验证器应用显示的 6 位数字")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class ResetFactorForm(GivePassForm):
    """Whose factors are taken, and why."""


class ConfidentialityForm(forms.Form):
    """The acknowledgment; the box must be ticked."""

    agreed = forms.BooleanField(
        label=gettext_lazy("我已阅读并承诺遵守以上各条"),
        error_messages={"required": gettext_lazy("请阅读后勾选，方可进入诉求办理")},
    )


class PasswordForm(forms.Form):
    """The old password, and the new one twice; `words` say what the city's policy wants."""

    old = forms.CharField(
        label=gettext_lazy("当前密码"),
        strip=False,
        error_messages={"required": gettext_lazy("请输入当前密码")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("新密码"),
        max_length=200,
        strip=False,
        error_messages={"required": gettext_lazy("请输入新密码")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再输入一次新密码"),
        max_length=200,
        strip=False,
        error_messages={"required": gettext_lazy("请再输入一次新密码")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, words: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"].help_text = words

    def clean_again(self) -> str:
        """Return the repeated password, which must be the same."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new"):
            raise forms.ValidationError(gettext_lazy("两次输入的新密码不一致"))
        return again


class AddressesForm(forms.Form):
    """The networks from which a city is administered, one a line; `sure`: also without one's own address."""

    networks = forms.CharField(
        label=gettext_lazy("地址或网段"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("每行一个，例如 10.1.2.3 或 10.1.2.0/24。"),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
    )
    sure = forms.BooleanField(label=gettext_lazy("我现在的地址不在名单中，仍要保存"), required=False)


class BindForm(forms.Form):
    """Which account the city's sign-in service means by one of its own names."""

    username = forms.CharField(
        label=gettext_lazy("账号"), max_length=100, error_messages={"required": gettext_lazy("请输入账号")}
    )
    subject = forms.CharField(
        label=gettext_lazy("标识（sub）"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("统一身份认证服务给出的本人标识；留空即解除绑定。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ForgottenForm(forms.Form):
    """Whose password was forgotten."""

    username = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=100,
        error_messages={"required": gettext_lazy("请输入账号")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class AnswerForm(forms.Form):
    """Which request for a password is answered, and how the holder was known."""

    request = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=200, error_messages={"required": gettext_lazy("请写明理由")}
    )


class StartForm(forms.Form):
    """An account, the code that sets its password, and the password twice."""

    username = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=100,
        error_messages={"required": gettext_lazy("请输入账号")},
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    code = forms.CharField(
        label=gettext_lazy("一次性验证码"),
        max_length=20,
        help_text=gettext_lazy("由系统管理员发放，只能用一次。"),
        error_messages={"required": gettext_lazy("请输入验证码")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    new_password = forms.CharField(
        label=gettext_lazy("新密码"),
        max_length=200,
        strip=False,
        help_text=gettext_lazy("至少 12 位，包含大写字母、小写字母、数字、符号中的至少三类，各地的密码规则都能满足。"),
        error_messages={"required": gettext_lazy("请输入新密码")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    new_password_again = forms.CharField(
        label=gettext_lazy("再输入一次新密码"),
        max_length=200,
        strip=False,
        error_messages={"required": gettext_lazy("请再输入一次新密码")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_new_password_again(self) -> str:
        """Return the repeated password, which must be the same."""
        again: str = self.cleaned_data["new_password_again"]
        if again != self.cleaned_data.get("new_password"):
            raise forms.ValidationError(gettext_lazy("两次输入的新密码不一致"))
        return again


class ChangeContactForm(forms.Form):
    """A post's new person. `key` makes a second press of the button harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    post = forms.ChoiceField(label=gettext_lazy("岗位"), choices=[(post, gettext_lazy(post)) for post in POSTS])
    person = forms.CharField(
        label=gettext_lazy("姓名"), max_length=50, error_messages={"required": gettext_lazy("请填写新任人员姓名")}
    )
    phone = forms.CharField(
        label=gettext_lazy("联系电话"),
        max_length=30,
        help_text=gettext_lazy("手机号，或带区号的固定电话。"),
        error_messages={"required": gettext_lazy("请填写联系电话")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    effective_on = forms.DateField(
        label=gettext_lazy("任职生效日期"),
        help_text=gettext_lazy("自这一天起 3 个工作日内须报热线办备案。"),
        error_messages={
            "required": gettext_lazy("请填写生效日期"),
            "invalid": gettext_lazy("日期应写成 2026-03-02 的形式"),
        },
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class FileContactForm(forms.Form):
    """Which change is filed."""

    key = forms.UUIDField()
    contact = forms.UUIDField()


class ConfirmContactForm(forms.Form):
    """From which day on a contact is confirmed to meet the conditions."""

    contact = forms.UUIDField()
    on = forms.DateField()


class RosterForm(forms.Form):
    """A shift of one's own unit. `key` makes a second press of the button harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    starts_at = forms.DateTimeField(
        label=gettext_lazy("开始时间"),
        error_messages={
            "required": gettext_lazy("请填写开始时间"),
            "invalid": gettext_lazy("时间应写成 2026-03-02 17:30 的形式"),
        },
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("结束时间"),
        error_messages={
            "required": gettext_lazy("请填写结束时间"),
            "invalid": gettext_lazy("时间应写成 2026-03-02 17:30 的形式"),
        },
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    person = forms.CharField(
        label=gettext_lazy("值班人"), max_length=50, error_messages={"required": gettext_lazy("请填写值班人姓名")}
    )
    phone = forms.CharField(
        label=gettext_lazy("值班电话"),
        max_length=30,
        help_text=gettext_lazy("手机号，或带区号的固定电话。"),
        error_messages={"required": gettext_lazy("请填写值班电话")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    substitute = forms.CharField(
        label=gettext_lazy("替班人"),
        max_length=50,
        required=False,
        help_text=gettext_lazy("值班人联系不上时找谁。"),
    )
    substitute_phone = forms.CharField(
        label=gettext_lazy("替班电话"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


class RosterEntryForm(forms.Form):
    """Which shift is taken off the roster."""

    key = forms.UUIDField()
    entry = forms.UUIDField()


class RosterFileForm(forms.Form):
    """A file of shifts, to be looked at before anything is taken in."""

    file = forms.FileField(
        label=gettext_lazy("值班表文件"),
        help_text=gettext_lazy("XLSX 或 CSV，首行为列名；先预览，确认后才写入。"),
        error_messages={
            "required": gettext_lazy("请选择文件"),
            "empty": gettext_lazy("这是空文件，请重新选择"),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class RosterRowsForm(forms.Form):
    """The rows that were looked at, as the page keeps them until they are confirmed."""

    key = forms.UUIDField()
    rows = forms.CharField(max_length=2_000_000)


class ExpertContactForm(forms.Form):
    """Whose telephone, and why."""

    expert = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明理由")},
    )
