"""Addresses at which carriers bring text messages, and servers mail."""

from __future__ import annotations

from django.urls import path

from minsheng.cases.incoming import pages

app_name = "incoming"
urlpatterns = [
    path("inbound/sms/<str:provider>/messages", pages.messages, name="sms"),
    path("inbound/mail/<str:pipe>", pages.mail, name="mail"),
]
