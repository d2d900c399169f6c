"""Addresses of the pages of things."""

from __future__ import annotations

from django.urls import path

from minsheng.workbench.things import pages

app_name = "things"
urlpatterns = [
    path("things/<slug:prefix>/", pages.listing, name="list"),
    path("things/<slug:prefix>/new/<slug:command>", pages.begin, name="begin"),
    path("things/<slug:prefix>/<str:id>/", pages.thing, name="thing"),
    path("things/<slug:prefix>/<str:id>/words", pages.words, name="words"),
    path("things/<slug:prefix>/<str:id>/do/<slug:command>", pages.do, name="do"),
]
