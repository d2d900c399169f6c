"""Addresses of the forum; a thread's own is its code, which has ten letters, so that no word below is one."""

from __future__ import annotations

from django.urls import path

from minsheng.public.forum import pages, writing

app_name = "forum"
urlpatterns = [
    path("portal/<slug:city>/forum", pages.listing, name="list"),
    path("portal/<slug:city>/forum/disclosures", pages.disclosures, name="disclosures"),
    path("portal/<slug:city>/forum/feed.xml", pages.feed, name="feed"),
    path("portal/<slug:city>/forum/sitemap.xml", pages.sitemap, name="sitemap"),
    path("portal/<slug:city>/forum/mine", pages.mine, name="mine"),
    path("portal/<slug:city>/forum/name", writing.name, name="name"),
    path("portal/<slug:city>/forum/post", writing.post, name="post"),
    path("portal/<slug:city>/forum/<slug:thread>", pages.one, name="one"),
    path("portal/<slug:city>/forum/<slug:thread>/comment", writing.comment, name="comment"),
    path("portal/<slug:city>/forum/<slug:thread>/picture/<int:place>", pages.picture, name="picture"),
    path("portal/<slug:city>/forum/<slug:thread>/rate", writing.rate, name="rate"),
    path("portal/<slug:city>/forum/<slug:thread>/withdraw", writing.withdraw, name="withdraw"),
]
