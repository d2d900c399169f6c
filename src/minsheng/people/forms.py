"""Forms of signing in and of one's own account."""

from __future__ import annotations

from django import forms


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label="账号",
        max_length=100,
        error_messages={"required": "请输入账号"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="密码",
        max_length=200,
        strip=False,
        error_messages={"required": "请输入密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ConfidentialityForm(forms.Form):
    """The acknowledgement; the box must be ticked."""

    agreed = forms.BooleanField(
        label="我已阅读并承诺遵守以上各条", error_messages={"required": "请阅读后勾选，方可进入诉求办理"}
    )


class PasswordForm(forms.Form):
    """The old password, and the new one twice."""

    old = forms.CharField(
        label="当前密码",
        strip=False,
        error_messages={"required": "请输入当前密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="新密码",
        max_length=200,
        strip=False,
        help_text="至少 10 位，包含大写字母、小写字母、数字、符号中的至少三类。",
        error_messages={"required": "请输入新密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再输入一次新密码",
        max_length=200,
        strip=False,
        error_messages={"required": "请再输入一次新密码"},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Return the repeated password, which must be the same."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new"):
            raise forms.ValidationError("两次输入的新密码不一致")
        return again
