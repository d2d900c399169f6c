"""Addresses of Open311: each answer in both notations."""

from __future__ import annotations

from django.urls import path, re_path

from minsheng.public.open311 import pages

app_name = "exchange"
_BASE = r"^open311/(?P<city>[^/]+)/v2"
_FORM = r"\.(?P<form>json|xml)$"
urlpatterns = [
    path("open311/<slug:city>/v2/", pages.page, name="root"),
    path("portal/<slug:city>/open-data", pages.page, name="discovery_page"),
    re_path(rf"{_BASE}/discovery{_FORM}", pages.discovery, name="discovery"),
    re_path(rf"{_BASE}/services{_FORM}", pages.services, name="services"),
    re_path(rf"{_BASE}/services/(?P<code>[^/]+){_FORM}", pages.service, name="service"),
    re_path(rf"{_BASE}/requests{_FORM}", pages.requests, name="requests"),
    re_path(rf"{_BASE}/requests?/(?P<number>[^/]+){_FORM}", pages.single, name="request"),
    re_path(rf"{_BASE}/tokens/(?P<token>[^/]+){_FORM}", pages.token, name="token"),
    re_path(rf"{_BASE}/.*{_FORM}", pages.nothing, name="nothing"),
]
