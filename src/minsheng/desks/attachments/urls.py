"""Addresses of an order's files; `desks.urls` takes them in. `settings.UPLOAD_ADDRESSES` names the first."""

from __future__ import annotations

from django.urls import path

from minsheng.desks.attachments import pages as attachment_pages

patterns = [
    path("orders/<str:order_id>/attachments", attachment_pages.files, name="attachments"),
    path("orders/<str:order_id>/attachments/<uuid:attachment_id>", attachment_pages.download, name="attachment"),
    path(
        "orders/<str:order_id>/attachments/<uuid:attachment_id>/remove",
        attachment_pages.remove,
        name="attachment_remove",
    ),
]
