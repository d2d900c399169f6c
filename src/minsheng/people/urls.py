"""Addresses of people's pages."""

from __future__ import annotations

from django.urls import path

from minsheng.people import pages

app_name = "people"
urlpatterns = [
    path("sign-in", pages.sign_in, name="sign_in"),
    path("sign-out", pages.sign_out, name="sign_out"),
    path("confidentiality", pages.confidentiality, name="confidentiality"),
    path("role", pages.act_as, name="act_as"),
    path("password", pages.password, name="password"),
]
