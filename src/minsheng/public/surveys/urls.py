"""Addresses of surveys for everybody."""

from __future__ import annotations

from django.urls import path

from minsheng.public.surveys import pages

app_name = "surveys"
urlpatterns = [
    path("portal/<slug:city>/surveys", pages.listing, name="list"),
    path("portal/<slug:city>/surveys/thanks", pages.thanks, name="thanks"),
    path("portal/<slug:city>/surveys/<uuid:id>", pages.answer, name="answer"),
    path("portal/<slug:city>/surveys/<uuid:id>/results", pages.results, name="results"),
    path("portal/<slug:city>/s/<str:token>", pages.invited, name="invited"),
]
