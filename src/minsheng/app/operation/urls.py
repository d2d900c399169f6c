"""Addresses of operation."""

from __future__ import annotations

from django.urls import path

from minsheng.app.operation import pages

app_name = "operation"
urlpatterns = [
    path("metrics", pages.metrics, name="metrics"),
    path("status", pages.status, name="status"),
]
