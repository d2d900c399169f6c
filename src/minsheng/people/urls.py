"""Addresses of people's pages."""

from __future__ import annotations

from django.urls import path

from minsheng.people import contact_pages, draft_pages, pages

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
    path("drafts/save", draft_pages.save, name="draft_save"),
    path("drafts/kept", draft_pages.kept, name="draft_kept"),
    path("drafts/drop", draft_pages.drop, name="draft_drop"),
    path("password", pages.password, name="password"),
]
