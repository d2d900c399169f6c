"""Addresses. Features are included by string."""

from __future__ import annotations

from django.urls import include, path

from minsheng.app.site import api, design, pages
from minsheng.core.features import queries as features
from minsheng.core.people import preferences

urlpatterns = [
    path("livez", pages.livez),
    path("readyz", pages.readyz),
    path("api/", api.api.urls),
    path("static/<path:path>", pages.asset, name="asset"),
    path("preferences", preferences.choose, name="preferences"),
    path("design", design.components, name="design"),
    *[path("", include(module)) for feature in features.features() for module in feature.urls],
    path("api/<path:rest>", api.unknown),
]

handler400 = "minsheng.app.site.pages.bad_request"
handler403 = "minsheng.app.site.pages.forbidden"
handler404 = "minsheng.app.site.pages.not_found"
handler500 = "minsheng.app.site.pages.server_error"
