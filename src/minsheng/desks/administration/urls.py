"""Addresses of the administration."""

from __future__ import annotations

from django.urls import path

from minsheng.desks.administration.pages import (
    calendars,
    clients,
    imports,
    operation,
    packs,
    places,
    regions,
    sentences,
    staff,
    units,
)

app_name = "administration"
urlpatterns = [
    path("administration/staff", staff.accounts, name="staff"),
    path("administration/staff/new", staff.new, name="staff_new"),
    path("administration/staff/codes", staff.codes, name="staff_codes"),
    path("administration/staff/<int:staff>", staff.account, name="staff_one"),
    path("administration/staff/<int:staff>/leave", staff.leave, name="staff_leave"),
    path("administration/staff/<int:staff>/do/<slug:what>", staff.do, name="staff_do"),
    path("administration/units", units.listed, name="units"),
    path("administration/units/new", units.new, name="units_new"),
    path("administration/units/<int:unit>", units.unit, name="units_one"),
    path("administration/units/<int:unit>/do/<slug:what>", units.do, name="units_do"),
    path("administration/regions", regions.listed, name="regions"),
    path("administration/places", places.listed, name="places"),
    path("administration/places/<int:place>", places.place, name="places_one"),
    path("administration/clients", clients.listed, name="clients"),
    path("administration/clients/new", clients.new, name="clients_new"),
    path("administration/clients/<int:client>", clients.client, name="clients_one"),
    path("administration/clients/<int:client>/do/<slug:what>", clients.do, name="clients_do"),
    path("administration/calendars", calendars.listed, name="calendars"),
    path("administration/calendars/look", calendars.look, name="calendars_look"),
    path("administration/calendars/load", calendars.load, name="calendars_load"),
    path("administration/calendars/<int:year>", calendars.year, name="calendars_year"),
    path("administration/packs", packs.in_force, name="packs"),
    path("administration/packs/difference", packs.difference, name="packs_difference"),
    path("administration/packs/coming", packs.coming, name="packs_coming"),
    path("administration/packs/activate", packs.activate, name="packs_activate"),
    path("administration/messages", sentences.listed, name="messages"),
    path("administration/messages/<slug:sentence>", sentences.sentence, name="messages_one"),
    path("administration/categories", operation.categories, name="categories"),
    path("administration/cities", operation.cities, name="cities"),
    path("administration/operation", operation.state, name="operation"),
    path("administration/import/<slug:sheet>", imports.look, name="import"),
    path("administration/import/<slug:sheet>/confirm", imports.take_in, name="import_take_in"),
    path("administration/import/<slug:sheet>/rejects", imports.rejects, name="import_rejects"),
    path("administration/import/<slug:sheet>/model", imports.model, name="import_model"),
]
