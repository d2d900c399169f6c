"""Addresses of the question desk."""

from __future__ import annotations

from django.urls import path

from minsheng.public.questions import pages

app_name = "questions"
urlpatterns = [
    path("portal/<slug:city>/questions", pages.listing, name="list"),
    path("portal/<slug:city>/questions/ask", pages.ask, name="ask"),
    path("portal/<slug:city>/questions/<str:number>", pages.one, name="one"),
]
