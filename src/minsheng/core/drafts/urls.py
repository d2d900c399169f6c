"""Addresses that scripts save, restore and drop typed work at."""

from __future__ import annotations

from django.urls import path

from minsheng.core.drafts import pages

app_name = "drafts"
urlpatterns = [
    path("drafts/save", pages.save, name="save"),
    path("drafts/kept", pages.kept, name="kept"),
    path("drafts/token", pages.token, name="token"),
    path("drafts/taken", pages.taken, name="taken"),
    path("drafts/drop", pages.drop, name="drop"),
]
