"""语音阅读: in 长者模式 a page is read aloud by the device's own voice, here eSpeak's by way of a real speech server.

Norm: the web part of 适老化通用设计规范 (MIIT, 2021) asks for reading aloud.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import ARGUMENTS, CHROMIUM
from tests.portal_ground import prepared, seen_by, visiting
from tests.town_ground import Town

from minsheng.gateways import processes

pytestmark = pytest.mark.usefixtures("demonstration")

SERVER = Path("/usr/bin/speech-dispatcher")
SETTINGS = """
CommunicationMethod "unix_socket"
AudioOutputMethod "libao"
AddModule "espeak-ng" "sd_espeak-ng" "espeak-ng.conf"
DefaultModule espeak-ng
"""
# Notes what the page gives to the speech engine and what the engine has said to its end. Into silence it speaks at
# once, so what comes after a limit is not said and leaves time to look.
LISTEN = """
    window.limit = Infinity
    window.given = []
    window.ended = []
    const speak = speechSynthesis.speak.bind(speechSynthesis)
    speechSynthesis.speak = utterance => {
        window.given.push({text: utterance.text, lang: utterance.lang, own: utterance.voice.localService})
        utterance.addEventListener("end", () => window.ended.push(utterance.text))
        if (given.length <= limit) speak(utterance)
    }
"""


@pytest.fixture
def speaking(chromium: Browser, tmp_path: Path) -> Iterator[Browser]:
    """Return a Chromium that speaks: by eSpeak, into silence."""
    if not SERVER.exists():
        pytest.fail("朗读测试需要：apt-get install speech-dispatcher speech-dispatcher-espeak-ng")
    conf, socket = tmp_path / "conf", tmp_path / "socket"
    (conf / "modules").mkdir(parents=True)
    (conf / "speechd.conf").write_text(SETTINGS)
    (conf / "modules" / "espeak-ng.conf").touch()
    (tmp_path / ".libao").write_text("default_driver=null\n")
    places = ("-C", conf, "-L", tmp_path, "-P", tmp_path / "pid", "-S", socket)
    with subprocess.Popen(
        [SERVER, "--run-single", "-t", "0", *places],
        env={**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        assert processes.wait_until(lambda: socket.exists() or server.poll() is not None, seconds=30)
        assert server.poll() is None
        # Without a window Chromium has no voices, nor when it is muted.
        browser = chromium.browser_type.launch(
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, "--headless=new", "--enable-speech-dispatcher"],
            ignore_default_args=["--headless", "--mute-audio"],
            env={**os.environ, "SPEECHD_ADDRESS": f"unix_socket:{socket}"},
        )
        yield browser
        browser.close()
        server.terminate()


@dataclass(frozen=True, slots=True)
class Given:
    """What was given to the speech engine, in which language, and whether it stays on the device."""

    text: str
    lang: str
    own: bool


def given(page: Page) -> list[Given]:
    """Return all that was given to the speech engine."""
    return [Given(**each) for each in page.evaluate("given")]


def test_the_old_are_read_to_until_they_have_heard_enough(
    speaking: Browser, live_server: LiveServer, town: Town
) -> None:
    citizen, fields = prepared(town)
    with visiting(speaking, live_server.url, elder="on") as viewer:
        seen_by(viewer, citizen)
        page = viewer.page
        page.add_init_script(LISTEN)
        viewer.open(f"/portal/{town.code}/appeals/{fields['number']}")
        start, bar = page.get_by_role("button", name="朗读本页"), page.locator("[data-reading]")
        expect(bar).to_be_hidden()
        page.evaluate("() => { window.limit = 5 }")

        start.click()

        page.wait_for_function("() => ended.length == 5 && given.length == 6")
        said = [each.text for each in given(page)]
        assert page.evaluate("ended") == said[:5]
        assert said[1] == page.locator("h1").inner_text()
        assert {each.lang for each in given(page)} <= {"cmn", "zh", "zh-CN"}
        assert all(each.own for each in given(page))
        # The number is read digit by digit: whoever listens writes it down.
        assert " ".join(fields["number"]) in said[2]
        expect(bar).to_contain_text("正在朗读")
        expect(start).to_have_attribute("aria-pressed", "true")
        expect(page.locator("main .spoken")).to_be_visible()
        assert viewer.violations() == []
        assert viewer.beyond() == []

        bar.get_by_role("button", name="停止朗读").click()

        expect(bar).to_be_hidden()
        expect(start).to_be_focused()
        expect(page.locator(".spoken")).to_have_count(0)
        page.wait_for_function("() => !speechSynthesis.speaking && !speechSynthesis.pending")
        count = len(given(page))
        # What had been asked for before the press would be given now.
        page.evaluate("async () => { for (let n = 0; n < 10; n++) await new Promise(requestAnimationFrame) }")
        assert len(given(page)) == count
        assert viewer.faults == []


def test_one_who_presses_on_words_hears_them(speaking: Browser, live_server: LiveServer, town: Town) -> None:
    with visiting(speaking, live_server.url, elder="on") as viewer:
        page = viewer.page
        page.add_init_script(LISTEN)
        viewer.open(f"/portal/{town.code}/")
        last = page.locator("main li, main p").last
        # The second piece is not said yet when the last one is pressed.
        page.evaluate("() => { window.limit = 1 }")
        page.get_by_role("button", name="朗读本页").click()
        page.wait_for_function("() => given.length == 2")
        page.evaluate("() => { window.limit = Infinity }")

        last.click()

        page.wait_for_function("words => given.some(each => words.includes(each.text.trim()))", arg=last.inner_text())
        # The page ends there, and with it the reading.
        expect(page.locator("[data-reading]")).to_be_hidden(timeout=60_000)
        expect(page.get_by_role("button", name="朗读本页")).to_have_attribute("aria-pressed", "false")
        skipped = page.locator("main h2").last.inner_text()
        assert skipped
        assert skipped not in [each.text.strip() for each in given(page)]


def test_words_of_an_english_page_are_read_in_their_own_languages(
    speaking: Browser, live_server: LiveServer, town: Town
) -> None:
    _, fields = prepared(town)
    with visiting(speaking, live_server.url, elder="on", language="en") as viewer:
        page = viewer.page
        page.add_init_script(LISTEN)
        viewer.open(f"/portal/{town.code}/cases/{fields['number']}")

        page.get_by_role("button", name="Read this page aloud").click()

        page.wait_for_function("() => new Set(given.map(each => each.lang.slice(0, 2))).size == 2", timeout=60_000)
        for each in given(page):
            assert ("cmn" if any("一" <= char <= "龥" for char in each.text) else "en") in each.lang


@pytest.mark.parametrize(
    ("voices", "is_offered"),
    [
        ([], False),
        ([{"lang": "zh-CN", "localService": False}], False),
        ([{"lang": "en-GB", "localService": True}, {"lang": "zh-HK", "localService": True}], False),
        ([{"lang": "zh_CN", "localService": True}], True),
    ],
    ids=["none", "far", "foreign", "own"],
)
def test_only_a_voice_of_the_device_itself_is_offered(
    chromium: Browser, live_server: LiveServer, town: Town, voices: list[dict[str, object]], is_offered: bool
) -> None:
    with visiting(chromium, live_server.url, elder="on") as viewer:
        viewer.page.add_init_script(f"speechSynthesis.getVoices = () => {json.dumps(voices)}")
        viewer.open(f"/portal/{town.code}/")

        expect(viewer.page.locator("[data-read-aloud]")).to_be_visible(visible=is_offered)


def test_whoever_does_not_ask_for_it_is_not_offered_it(speaking: Browser, live_server: LiveServer, town: Town) -> None:
    with visiting(speaking, live_server.url) as viewer:
        viewer.open(f"/portal/{town.code}/")

        expect(viewer.page.locator("[data-read-aloud]")).to_have_count(0)
