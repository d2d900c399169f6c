"""Addresses of the encyclopaedia."""

from __future__ import annotations

from django.urls import path

from minsheng.public.encyclopaedia import pages

app_name = "encyclopaedia"
urlpatterns = [
    path("portal/<slug:city>/knowledge", pages.listing, name="list"),
    path("portal/<slug:city>/knowledge/feed.xml", pages.feed, name="feed"),
    path("portal/<slug:city>/knowledge/sitemap.xml", pages.sitemap, name="sitemap"),
    path("portal/<slug:city>/knowledge/<str:number>", pages.article, name="article"),
    path("portal/<slug:city>/knowledge/<str:number>/remark", pages.remark, name="remark"),
]
