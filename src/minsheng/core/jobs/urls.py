"""Addresses of the jobs' page."""

from __future__ import annotations

from django.urls import path

from minsheng.core.jobs import pages

app_name = "jobs"
urlpatterns = [
    path("jobs", pages.jobs, name="jobs"),
    path("jobs/<int:job>/again", pages.again, name="again"),
    path("jobs/<int:job>/give-up", pages.give_up, name="give_up"),
]
