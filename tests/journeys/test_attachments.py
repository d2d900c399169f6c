"""Files in the browser: chosen, refused with a word, brought, looked at, taken away. Clauses: JY-10.3c, JY-23.5."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests import files_ground as samples
from tests.people_ground import sign_in
from tests.town_ground import Town

from minsheng.core.ledger import queries as ledger


def test_an_officer_brings_a_picture_and_a_dispatcher_looks_at_it(
    chromium: Browser, live_server: LiveServer, town: Town, settings: Any, tmp_path: Path
) -> None:
    settings.DEMO, settings.FILES_FOLDER = True, tmp_path / "files"
    order = town.handled(content="桃源路口的路灯坏了半个月，夜里过马路很危险")
    officer = sign_in(chromium, live_server.url, town, "officer@城管局")
    officer.page.set_viewport_size({"width": 1366, "height": 768})
    officer.open(f"/orders/{order}/attachments")
    part = officer.page.locator("#attachments")

    # A page in disguise is refused where it was chosen, without the page being left.
    part.locator("input[type=file]").set_input_files(
        {"name": "现场.png", "mimeType": "image/png", "buffer": b"<html><script>alert(1)</script>"}
    )
    part.get_by_role("button", name="上传").click()
    expect(part.locator(".error-summary")).to_contain_text("不能识别“现场.png”")
    _picture(officer.page, "refused")
    part.locator("input[type=file]").set_input_files(
        [
            {
                "name": "维修后的现场照片（桃源路与柳浪街路口东南角）.png",
                "mimeType": "image/png",
                "buffer": samples.PNG,
            },
            {"name": "处理意见.docx", "mimeType": "application/zip", "buffer": samples.DOCX},
        ]
    )
    part.get_by_role("button", name="上传").click()
    expect(part).to_contain_text("已上传 2 个附件。")
    _picture(officer.page, "brought")
    part.get_by_role("button", name="删除 处理意见.docx").click()
    expect(part).to_contain_text("附件已删除。")

    dispatcher = sign_in(chromium, live_server.url, town, "dispatcher")
    dispatcher.page.set_viewport_size({"width": 390, "height": 844})
    dispatcher.open(f"/orders/{order}/attachments")
    _picture(dispatcher.page, "phone")
    with dispatcher.page.expect_popup() as shown:
        dispatcher.page.get_by_role("link", name="查看 维修后的现场照片").click()
    shown.value.wait_for_load_state()
    with dispatcher.page.expect_download() as saved:
        dispatcher.page.get_by_role("link", name="维修后的现场照片（桃源路与柳浪街路口东南角）.png", exact=True).click()

    assert shown.value.evaluate("document.images.length") == 1
    assert saved.value.suggested_filename == "维修后的现场照片（桃源路与柳浪街路口东南角）.png"
    assert Path(saved.value.path()).read_bytes() == samples.PNG
    (stream,) = (each for each in ledger.streams("attachment/") if ledger.head(each) > 2)
    facts = [(fact.type, fact.actor["role"]) for fact in ledger.history(stream)]
    assert facts == [("Attached", "officer"), *[("AttachmentRead", "dispatcher")] * 2]


def _picture(page: Any, name: str) -> None:
    """Keep a picture where `MINSHENG_PICTURES` names a folder."""
    if folder := os.environ.get("MINSHENG_PICTURES"):
        page.screenshot(path=f"{folder}/attachments-{name}.png")
