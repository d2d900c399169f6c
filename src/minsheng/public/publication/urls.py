"""Addresses of what everybody reads."""

from __future__ import annotations

from django.urls import path

from minsheng.public.publication import pages

app_name = "publication"
urlpatterns = [
    path("portal/<slug:city>/cases", pages.cases, name="cases"),
    path("portal/<slug:city>/cases/feed.xml", pages.feed, name="feed"),
    path("portal/<slug:city>/cases/<str:number>", pages.case, name="case"),
    path("portal/<slug:city>/cases/<str:number>/follow", pages.follow, name="follow"),
    path("portal/<slug:city>/cases/<str:number>/<int:place>.<slug:extension>", pages.file, name="file"),
    path("portal/<slug:city>/statistics", pages.statistics, name="statistics"),
]
