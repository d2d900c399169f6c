"""Addresses. Features are included by string."""

from __future__ import annotations

from django.urls import include, path

from minsheng.site import api, design, pages, preferences

urlpatterns = [
    path("livez", pages.livez),
    path("readyz", pages.readyz),
    path("api/", api.api.urls),
    path("api/<path:rest>", api.unknown),
    path("static/<path:path>", pages.asset, name="asset"),
    path("preferences", preferences.choose, name="preferences"),
    path("design", design.components, name="design"),
    path("", include("minsheng.people.urls")),
    path("", include("minsheng.notices.urls")),
    path("", include("minsheng.live.urls")),
    path("", include("minsheng.reports.urls")),
    path("", include("minsheng.citizens.urls")),
    path("", include("minsheng.publication.urls")),
    path("", include("minsheng.portal.urls")),
    path("", include("minsheng.exchange.urls")),
    path("", include("minsheng.desks.urls")),
]

handler400 = "minsheng.site.pages.bad_request"
handler403 = "minsheng.site.pages.forbidden"
handler404 = "minsheng.site.pages.not_found"
handler500 = "minsheng.site.pages.server_error"
