"""Addresses that pages ask by script. The stream itself is another process's, see `live.stream`."""

from __future__ import annotations

from django.urls import path

from minsheng.cases.live import pages

app_name = "live"
urlpatterns = [
    path("live/since", pages.since, name="since"),
    path("live/presence", pages.presence, name="presence"),
]
