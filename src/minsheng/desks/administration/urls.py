"""Addresses of the administration."""

from __future__ import annotations

from django.urls import path

from minsheng.desks.administration.pages import imports, staff

app_name = "administration"
urlpatterns = [
    path("administration/staff", staff.accounts, name="staff"),
    path("administration/staff/new", staff.new, name="staff_new"),
    path("administration/staff/codes", staff.codes, name="staff_codes"),
    path("administration/staff/<int:staff>", staff.account, name="staff_one"),
    path("administration/staff/<int:staff>/leave", staff.leave, name="staff_leave"),
    path("administration/staff/<int:staff>/do/<slug:what>", staff.do, name="staff_do"),
    path("administration/import/<slug:sheet>", imports.look, name="import"),
    path("administration/import/<slug:sheet>/confirm", imports.take_in, name="import_take_in"),
    path("administration/import/<slug:sheet>/rejects", imports.rejects, name="import_rejects"),
    path("administration/import/<slug:sheet>/model", imports.model, name="import_model"),
]
