"""Addresses of citizens' accounts."""

from __future__ import annotations

from django.urls import path

from minsheng.public.citizens import pages

app_name = "citizens"
urlpatterns = [
    path("portal/<slug:city>/sign-in", pages.sign_in, name="sign_in"),
    path("portal/<slug:city>/sign-in/code", pages.code, name="code"),
    path("portal/<slug:city>/account", pages.account, name="account"),
    path("portal/<slug:city>/account/wishes", pages.wishes, name="wishes"),
    path("portal/<slug:city>/sign-out", pages.sign_out, name="sign_out"),
    path("portal/<slug:city>/real-name", pages.verify, name="verify"),
    path("portal/<slug:city>/real-name/return", pages.verified, name="verified"),
]
