"""Addresses of people's pages."""

from __future__ import annotations

from django.urls import path

from minsheng.people import contact_pages, draft_pages, pages, roster_pages

app_name = "people"
urlpatterns = [
    path("sign-in", pages.sign_in, name="sign_in"),
    path("sign-out", pages.sign_out, name="sign_out"),
    path("sign-in/pass", pages.give_pass, name="give_pass"),
    path("confidentiality", pages.confidentiality, name="confidentiality"),
    path("role", pages.act_as, name="act_as"),
    path("contacts", contact_pages.contacts, name="contacts"),
    path("contacts/change", contact_pages.change, name="contact_change"),
    path("contacts/file", contact_pages.file, name="contact_file"),
    path("roster", roster_pages.roster, name="roster"),
    path("roster/add", roster_pages.add, name="roster_add"),
    path("roster/remove", roster_pages.remove, name="roster_remove"),
    path("roster/import", roster_pages.look, name="roster_look"),
    path("roster/import/confirm", roster_pages.take_in, name="roster_take_in"),
    path("roster/import/rejects", roster_pages.rejects, name="roster_rejects"),
    path("roster/model", roster_pages.model, name="roster_model"),
    path("drafts/save", draft_pages.save, name="draft_save"),
    path("drafts/kept", draft_pages.kept, name="draft_kept"),
    path("drafts/drop", draft_pages.drop, name="draft_drop"),
    path("password", pages.password, name="password"),
]
