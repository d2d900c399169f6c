"""Addresses at which platforms bring what people write in accounts, and by which people come into the portal."""

from __future__ import annotations

from django.urls import path

from minsheng.public.talks import entering, pages

app_name = "talks"
urlpatterns = [
    path("inbound/wechat/<str:account>", pages.account, name="account"),
    path("portal/<slug:city>/wechat/<slug:account>", entering.enter, name="enter"),
    path("portal/<slug:city>/wechat/<slug:account>/return", entering.entered, name="entered"),
]
