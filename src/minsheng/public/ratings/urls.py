"""Addresses at which services are rated."""

from __future__ import annotations

from django.urls import path

from minsheng.public.ratings import pages

app_name = "ratings"
urlpatterns = [
    path("portal/<slug:city>/ratings/thanks", pages.thanks, name="thanks"),
    path("portal/<slug:city>/ratings/<str:token>", pages.rate, name="rate"),
]
