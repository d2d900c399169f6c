"""Addresses of the orders' pages."""

from __future__ import annotations

from django.urls import path

from minsheng.orders import pages

app_name = "orders"
urlpatterns = [
    path("", pages.home, name="queue"),
    path("find", pages.find, name="find"),
    path("orders/new", pages.new, name="new"),
    path("orders/<str:order_id>/", pages.order, name="order"),
    path("orders/<str:order_id>/identity", pages.reveal, name="reveal"),
    path("orders/<str:order_id>/do/<slug:command>/", pages.do, name="do"),
]
