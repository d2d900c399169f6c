"""A film that was freed of what it tells is still a film: Chromium plays it to its end. Clauses: JY-9.8a."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import Browser
from tests.gateways.test_pictures import FILM

from minsheng.gateways import pictures

pytestmark = pytest.mark.browser


def test_a_published_film_still_plays(chromium: Browser) -> None:
    with FILM.open("rb") as original:
        bare, media_type, _ = pictures.stripped(original, media_type="video/mp4")
    page = chromium.new_page()
    page.set_content("<video muted></video>")

    played = page.evaluate(
        """async source => {
            const video = document.querySelector("video")
            video.src = source
            await video.play()
            await new Promise(ended => video.onended = ended)
            return [video.videoWidth, video.videoHeight, video.currentTime > 0.4]
        }""",
        f"data:{media_type};base64,{base64.b64encode(bare.read()).decode()}",
    )

    page.close()
    assert played == [64, 48, True]
