"""A film that was freed of what it tells is still a film: Chromium plays it to its end, each picture as before.

Clauses: JY-9.8a.
"""

from __future__ import annotations

import base64
import io

from playwright.sync_api import Browser, Page
from tests.films_ground import FILM, SECRET, with_places

from minsheng.gateways.media import pictures


def test_a_published_film_still_plays(chromium: Browser) -> None:
    # As telephones make them: a track of places beside picture and sound.
    original = with_places(FILM.read_bytes())
    copy, media_type, _ = pictures.stripped(io.BytesIO(original), media_type="video/mp4")
    with copy:
        bare = copy.read()
    page = chromium.new_page()

    before, after = played(page, media_type, original), played(page, media_type, bare)
    # How much sound was decoded depends on the machine's load; that some was decoded does not.
    heard = before.pop("heard"), after.pop("heard")

    page.close()
    assert SECRET in original
    assert SECRET not in bare
    assert after == before
    assert after["size"] == [64, 48]
    assert after["end"] > 0.4
    assert all(heard)


def played(page: Page, media_type: str, content: bytes) -> dict[str, object]:
    """Return what a browser has of a film: width and height, its end in seconds, shades at moments, bytes of sound."""
    page.set_content("<video muted></video>")
    return page.evaluate(
        """async source => {
            const video = document.querySelector("video")
            video.src = source
            await video.play()
            await new Promise(ended => video.onended = ended)
            const {videoWidth: width, videoHeight: height, currentTime: end} = video
            const drawn = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true})
            const shown = []
            // "seeked" may come before the picture does: only a frame's own callback has the picture of its moment.
            const presented = moment => new Promise(ready => {
                const look = (_, {mediaTime}) =>
                    Math.abs(mediaTime - moment) < 0.01 ? ready() : video.requestVideoFrameCallback(look)
                video.requestVideoFrameCallback(look)
                video.currentTime = moment
            })
            for (const moment of [0, 0.1, 0.2, 0.3, 0.4]) {
                await presented(moment)
                drawn.drawImage(video, 0, 0)
                shown.push([...new Set(drawn.getImageData(0, 0, width, height).data)])
            }
            return {size: [width, height], end, shown, heard: video.webkitAudioDecodedByteCount}
        }""",
        f"data:{media_type};base64,{base64.b64encode(content).decode()}",
    )
