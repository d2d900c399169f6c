"""Addresses of the citizens' portal."""

from __future__ import annotations

from django.urls import path

from minsheng.public.portal import entry_pages, own_pages, receipt_pages, wizard_pages

app_name = "portal"
urlpatterns = [
    path("portal/", entry_pages.cities, name="cities"),
    path("portal/<slug:city>/", entry_pages.start, name="start"),
    path("portal/<slug:city>/file", wizard_pages.begin, name="begin"),
    path("portal/<slug:city>/file/anew", wizard_pages.anew, name="anew"),
    path("portal/<slug:city>/file/alike", wizard_pages.alike, name="alike"),
    path("portal/<slug:city>/file/receipt", receipt_pages.receipt_page, name="receipt"),
    path("portal/<slug:city>/file/receipt.pdf", receipt_pages.receipt_pdf, name="receipt_pdf"),
    path("portal/<slug:city>/file/files/<uuid:file>/remove", wizard_pages.remove_file, name="remove_file"),
    path("portal/<slug:city>/file/<slug:code>/keep", wizard_pages.keep, name="keep"),
    path("portal/<slug:city>/file/<slug:code>", wizard_pages.step, name="step"),
    path("portal/<slug:city>/query", entry_pages.query, name="query"),
    path("portal/<slug:city>/mine", own_pages.mine, name="mine"),
    path("portal/<slug:city>/l/<str:token>", entry_pages.link, name="link"),
    path("portal/<slug:city>/appeals/<str:number>", own_pages.appeal, name="appeal"),
    path("portal/<slug:city>/appeals/<str:number>/files/<uuid:file>", own_pages.file, name="file"),
    path("portal/<slug:city>/appeals/<str:number>/material", own_pages.add, name="add"),
    path("portal/<slug:city>/appeals/<str:number>/urge", own_pages.urge, name="urge"),
    path("portal/<slug:city>/appeals/<str:number>/rate", own_pages.rate, name="rate"),
    path("portal/<slug:city>/appeals/<str:number>/publish", own_pages.choose, name="choose"),
]
