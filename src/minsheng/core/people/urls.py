"""Addresses of people's pages."""

from __future__ import annotations

from django.urls import path

from minsheng.core.people.pages import contacts as contact_pages
from minsheng.core.people.pages import experts as expert_pages
from minsheng.core.people.pages import factors as factor_pages
from minsheng.core.people.pages import forgotten as forgotten_pages
from minsheng.core.people.pages import rosters, security, signing, single, starting

app_name = "people"
urlpatterns = [
    path("sign-in", signing.sign_in, name="sign_in"),
    path("sign-out", signing.sign_out, name="sign_out"),
    path("sign-in/start", starting.start, name="start"),
    path("sign-in/forgotten", forgotten_pages.ask, name="forgotten"),
    path("sign-in/requests", forgotten_pages.requests, name="password_requests"),
    path("sign-in/requests/refuse", forgotten_pages.refuse, name="password_request_refuse"),
    path("sign-in/single", single.begin, name="single"),
    path("sign-in/single/return", single.complete, name="single_back"),
    path("sign-in/single/accounts", single.bindings, name="single_bindings"),
    path("sign-in/pass", signing.give_pass, name="give_pass"),
    path("confidentiality", signing.confidentiality, name="confidentiality"),
    path("role", signing.act_as, name="act_as"),
    path("contacts", contact_pages.contacts, name="contacts"),
    path("contacts/change", contact_pages.change, name="contact_change"),
    path("contacts/file", contact_pages.file, name="contact_file"),
    path("contacts/confirm", contact_pages.confirm, name="contact_confirm"),
    path("roster", rosters.roster, name="roster"),
    path("roster/add", rosters.add, name="roster_add"),
    path("roster/remove", rosters.remove, name="roster_remove"),
    path("roster/import", rosters.look, name="roster_look"),
    path("roster/import/confirm", rosters.take_in, name="roster_take_in"),
    path("roster/import/rejects", rosters.rejects, name="roster_rejects"),
    path("roster/model", rosters.model, name="roster_model"),
    path("experts", expert_pages.experts, name="experts"),
    path("experts/telephone", expert_pages.telephone, name="expert_telephone"),
    path("sign-in/factor", factor_pages.ask, name="sign_in_factor"),
    path("account/factors", factor_pages.mine, name="factors"),
    path("account/factors/codes/begin", factor_pages.begin_codes, name="factor_codes_begin"),
    path("account/factors/codes", factor_pages.codes, name="factor_codes"),
    path("account/factors/key", factor_pages.add_key, name="factor_key"),
    path("account/factors/remove", factor_pages.remove, name="factor_remove"),
    path("account/factors/recovery", factor_pages.renew, name="factor_renew"),
    path("confirm", factor_pages.confirm, name="confirm"),
    path("security", security.overview, name="security"),
    path("security/addresses", security.addresses, name="addresses"),
    path("security/alarms/seen", security.see_to, name="alarm_seen"),
    path("security/factors/reset", security.reset_factor, name="factor_reset"),
    path("password", signing.password, name="password"),
]
