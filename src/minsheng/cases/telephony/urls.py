"""Addresses at which exchanges of the cities' own tell of calls."""

from __future__ import annotations

from django.urls import path

from minsheng.cases.telephony import pages

app_name = "telephony"
urlpatterns = [
    path("api/cti", pages.told, name="cti"),
    path("api/cti/<str:token>", pages.told, name="cti_by_token"),
]
