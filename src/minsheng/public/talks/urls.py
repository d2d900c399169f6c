"""Addresses at which platforms bring what people write in accounts."""

from __future__ import annotations

from django.urls import path

from minsheng.public.talks import pages

app_name = "talks"
urlpatterns = [path("inbound/wechat/<str:account>", pages.account, name="account")]
