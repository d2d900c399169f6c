"""Addresses of the desks."""

from __future__ import annotations

from django.urls import path

from minsheng.desks import unit_change_pages
from minsheng.desks.attachments import urls as attachment_urls
from minsheng.desks.checks import pages as check_pages
from minsheng.desks.forum import disclosures as forum_disclosures
from minsheng.desks.forum import moderation as forum_moderation
from minsheng.desks.forum import names as forum_names
from minsheng.desks.forum import pages as forum_pages
from minsheng.desks.forum import patrolling as forum_patrolling
from minsheng.desks.incoming import calls, letters, outgoing
from minsheng.desks.incoming import pages as incoming_pages
from minsheng.desks.monitoring import pages as monitoring_pages
from minsheng.desks.mystery import pages as mystery_pages
from minsheng.desks.order import claim_pages, command_pages, sealed_pages, suggestion_pages
from minsheng.desks.order import pages as order_pages
from minsheng.desks.oversight import pages as oversight_pages
from minsheng.desks.publication import pages as publication_pages
from minsheng.desks.queue import bulk_pages
from minsheng.desks.queue import pages as queue_pages
from minsheng.desks.ratings import pages as rating_pages
from minsheng.desks.registration import pages as registration_pages
from minsheng.desks.snippets import pages as snippet_pages
from minsheng.desks.studio import pages as studio_pages
from minsheng.desks.supervision import order_pages as supervision_order_pages
from minsheng.desks.supervision import pages as supervision_pages
from minsheng.desks.surveys import pages as survey_pages
from minsheng.desks.telephony import pages as telephony_pages
from minsheng.desks.unit import pages as unit_pages

app_name = "desks"
urlpatterns = [
    path("", queue_pages.home, name="queue"),
    path("find", queue_pages.find, name="find"),
    path("forum/patrol", forum_patrolling.patrol, name="forum_patrol"),
    path("forum/patrol/subscribe", forum_patrolling.subscribe, name="forum_subscribe"),
    path("forum/moderation", forum_moderation.moderate, name="forum_moderation"),
    path("forum/moderation/several", forum_moderation.several, name="forum_moderation_several"),
    path("forum/moderation/<uuid:id>/picture/<int:place>", forum_moderation.picture, name="forum_picture"),
    path("forum/moderation/claim", forum_moderation.claim, name="forum_moderation_claim"),
    path("forum/names", forum_names.names, name="forum_names"),
    path("forum/names/<uuid:id>/decide", forum_names.decide, name="forum_name_decide"),
    path("forum/disclosures", forum_disclosures.disclosures, name="forum_disclosures"),
    path("forum/disclosures/<uuid:id>/decide", forum_disclosures.decide, name="forum_disclosure_decide"),
    path("forum/disclosures/<uuid:id>/read", forum_disclosures.read, name="forum_disclosure_read"),
    path("forum/<uuid:id>/claim", forum_pages.claim, name="forum_claim"),
    path("forum/<uuid:id>/text", forum_pages.text, name="forum_text"),
    path("dispatch", bulk_pages.dispatch, name="bulk_dispatch"),
    path("supervision", supervision_pages.units, name="supervision"),
    path("supervision/rows", supervision_pages.rows, name="supervision_rows"),
    path("supervision/orders", supervision_order_pages.orders, name="supervision_orders"),
    path("supervision/orders/<str:order_id>/urge", supervision_pages.urge, name="supervision_urge"),
    path("supervision/urge", supervision_pages.urge_several, name="supervision_urge_several"),
    path("supervision/issue", supervision_order_pages.issue, name="supervision_issue"),
    path("supervision/rules", supervision_order_pages.rules_page, name="supervision_rules"),
    path("supervision/suggestions/<int:pk>/issue", supervision_order_pages.issue_suggested, name="suggestion_issue"),
    path("supervision/suggestions/<int:pk>/dismiss", supervision_order_pages.dismiss, name="suggestion_dismiss"),
    path("oversight", oversight_pages.listed, name="oversight"),
    path("oversight/<str:order_id>/", oversight_pages.course, name="oversight_order"),
    path("monitoring", monitoring_pages.counters, name="monitoring"),
    path("monitoring/rows", monitoring_pages.behind, name="monitoring_rows"),
    path("monitoring/<uuid:id>/readings", monitoring_pages.read_by, name="monitoring_readings"),
    path("monitoring/<uuid:id>/case", monitoring_pages.propose, name="monitoring_propose"),
    path("studio/<str:id>", studio_pages.studio, name="studio"),
    path("studio/<str:id>/print", studio_pages.run_sheet, name="run_sheet"),
    path("checks", check_pages.checks, name="checks"),
    path("checks/<str:id>", check_pages.check, name="check"),
    path("checks/<str:id>/<slug:command>", check_pages.check_do, name="check_do"),
    path("ratings/code", rating_pages.code, name="rating_code"),
    path("calls", calls.listed, name="calls"),
    path("telephony", telephony_pages.home, name="telephony"),
    path("telephony/do", telephony_pages.do, name="telephony_do"),
    path("telephony/screen", telephony_pages.screen, name="telephony_screen"),
    path("telephony/talk", telephony_pages.record_talk, name="telephony_talk"),
    path("telephony/pop", telephony_pages.pop, name="telephony_pop"),
    path("letters/new", letters.new, name="letter_new"),
    path("letters/scans", letters.pile, name="letter_scans"),
    path("letters/sheets.pdf", letters.separators, name="letter_sheets"),
    path("letters/outgoing", outgoing.listed, name="letters_outgoing"),
    path("letters/outgoing/<int:letter>/print", outgoing.printed, name="letter_print"),
    path("letters/outgoing/<int:letter>/sent", outgoing.sent, name="letter_sent"),
    path("letters/outgoing/<int:letter>/returned", outgoing.returned, name="letter_returned"),
    path("incoming/<uuid:id>/files/<uuid:attachment_id>", incoming_pages.file, name="incoming_file"),
    path("incoming/<uuid:id>/files/<uuid:attachment_id>/sheets", incoming_pages.sheets, name="incoming_sheets"),
    path("mystery/tasks", mystery_pages.tasks, name="mystery_tasks"),
    path("mystery/tasks/<uuid:id>", mystery_pages.task, name="mystery_task"),
    path("mystery/tasks/<uuid:id>/files/<uuid:attachment_id>", mystery_pages.recording, name="mystery_file"),
    path("mystery/campaigns/<uuid:id>/give", mystery_pages.give, name="mystery_give"),
    path("surveys/<uuid:id>", survey_pages.show, name="survey"),
    path("surveys/<uuid:id>/call", survey_pages.call, name="survey_call"),
    path("surveys/<uuid:id>/results.<slug:kind>", survey_pages.export, name="survey_export"),
    path("lookbacks", check_pages.lookbacks, name="lookbacks"),
    path("lookbacks/<str:id>", check_pages.lookback, name="lookback"),
    path("lookbacks/<str:id>/sample.csv", check_pages.sample, name="lookback_sample"),
    path("lookbacks/<str:id>/<slug:command>", check_pages.lookback_do, name="lookback_do"),
    path("orders/new", registration_pages.new, name="new"),
    path("orders/new/draft", registration_pages.draft, name="new_draft"),
    path("orders/new/caller", registration_pages.caller, name="new_caller"),
    path("orders/new/beside", registration_pages.beside, name="new_beside"),
    path("categories", suggestion_pages.categories, name="categories"),
    path("places", suggestion_pages.places, name="places"),
    path("snippets", snippet_pages.listed, name="snippets"),
    path("snippets/<int:snippet>", snippet_pages.snippet, name="snippet"),
    path("units", suggestion_pages.units, name="units"),
    path("units/changes", unit_change_pages.changes, name="unit_changes"),
    path("units/changes/<slug:what>", unit_change_pages.change, name="unit_change"),
    path("orders/<str:order_id>/category", suggestion_pages.categorize, name="categorize"),
    path("orders/<str:order_id>/", order_pages.order, name="order"),
    path("orders/<str:order_id>/identity", order_pages.reveal, name="reveal"),
    path("orders/<str:order_id>/words", order_pages.open_words, name="open_words"),
    path("orders/<str:order_id>/told", sealed_pages.told, name="told_sealed"),
    path("orders/<str:order_id>/publication", publication_pages.decide, name="publication"),
    path("orders/<str:order_id>/claim", claim_pages.claim, name="claim"),
    path("orders/<str:order_id>/release", claim_pages.release, name="release"),
    path("orders/<str:order_id>/assign", unit_pages.assign, name="assign"),
    path("orders/<str:order_id>/draft/back", unit_pages.send_back, name="send_back"),
    path("orders/<str:order_id>/contact", unit_pages.contact, name="contact"),
    path("orders/<str:order_id>/contact/note", unit_pages.note_contact, name="note_contact"),
    path("orders/<str:order_id>/check", check_pages.ask, name="check_ask"),
    path("orders/<str:order_id>/print", unit_pages.printed, name="printed"),
    path(
        "orders/<str:order_id>/supervision/<int:seq>.pdf", supervision_order_pages.paper_pdf, name="supervision_paper"
    ),
    path("orders/<str:order_id>/do/<slug:command>/preview", command_pages.preview, name="preview"),
    path("orders/<str:order_id>/do/<slug:command>/", command_pages.do, name="do"),
    *attachment_urls.patterns,
]
