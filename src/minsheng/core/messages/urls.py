"""Addresses at which providers tell what became of messages."""

from __future__ import annotations

from django.urls import path

from minsheng.core.messages import pages

app_name = "messages"
urlpatterns = [path("inbound/sms/<str:provider>/receipts", pages.receipts, name="sms_receipts")]
