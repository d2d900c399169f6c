"""The address by which people come from programs of others into the portal."""

from __future__ import annotations

from django.urls import path

from minsheng.public.apps import pages

app_name = "apps"
urlpatterns = [path("portal/<slug:city>/app/<str:token>", pages.enter, name="enter")]
