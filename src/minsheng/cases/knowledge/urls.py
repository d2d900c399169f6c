"""Addresses of the knowledge base's own pages."""

from __future__ import annotations

from django.urls import path

from minsheng.cases.knowledge import pages

app_name = "knowledge"
urlpatterns = [
    path("knowledge/find", pages.find, name="find"),
    path("knowledge/hints", pages.hinted, name="hints"),
    path("knowledge/hints/<int:id>", pages.decide_hint, name="decide_hint"),
    path("knowledge/<str:name>/", pages.article, name="article"),
    path("knowledge/<str:name>/remark", pages.remark, name="remark"),
]
