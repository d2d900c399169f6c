"""The portal in English: what people wrote stays Chinese and says so, for whoever has it read aloud (WCAG 3.1.2)."""

from __future__ import annotations

import re

import pytest
from tests import forum_ground as forum
from tests.publication_ground import published
from tests.town_ground import Town
from tests.visiting_ground import Citizen

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def words_without_language(page: str) -> list[str]:
    """Return the texts of a page's main part that are Chinese and stand in no element that says so."""
    main = page[page.index('<main id="main"') : page.index("</main>")]
    open_tags: list[tuple[str, bool]] = []
    found = []
    # Names of places and offices are what they are in every language (WCAG 3.1.2 leaves them out).
    main = re.sub("城管局|江阴市", "", main)
    for tag, text in re.findall(r"(<[^>]+>)|([^<]+)", main):
        if text:
            if _CHINESE.search(text) and not any(marked for _, marked in open_tags):
                found.append(text.strip())
        elif tag.startswith("</"):
            name = tag[2:-1].strip()
            while open_tags and open_tags.pop()[0] != name:
                pass
        elif not tag.endswith("/>"):
            name = re.split(r"[\s>]", tag[1:])[0]
            if name not in ("img", "input", "br", "meta", "link", "hr"):
                open_tags.append((name, 'lang="zh-Hans"' in tag))
    return found


@pytest.mark.parametrize("rest", ["", "cases", "cases/{number}", "mine", "appeals/{number}", "statistics"])
def test_chinese_words_in_english_pages_say_that_they_are(town: Town, rest: str) -> None:
    citizen = Citizen(town.code)
    row = published(town, citizen)
    citizen.client.cookies["language"] = "en"

    page = citizen.shown(rest.format(number=row.number))

    assert '<html lang="en"' in page
    assert words_without_language(page) == []


def test_a_feed_is_one_for_all_who_read_it(town: Town) -> None:
    citizen = Citizen(town.code)
    published(town, citizen)
    chinese = citizen.shown("cases/feed.xml")
    citizen.client.cookies["language"] = "en"

    assert re.sub(r"<lastBuildDate>.*?</lastBuildDate>", "", citizen.shown("cases/feed.xml")) == re.sub(
        r"<lastBuildDate>.*?</lastBuildDate>", "", chinese
    )
    assert "<language>zh-cn</language>" in chinese


def test_chinese_words_of_the_forum_say_that_they_are(suzhou: Town) -> None:
    citizen = Citizen(suzhou.code)
    codes = forum.prepared("suzhou_e", citizen.client, suzhou.set_clock, now=suzhou.now)
    citizen.city = "suzhou_e"
    citizen.get("forum")  # what was said on the way is said in the language of then
    citizen.client.cookies["language"] = "en"

    for rest in ("", "/mine", "/name", "/post", *(f"/{code}" for name, code in codes.items() if name[0] != "h")):
        assert words_without_language(citizen.shown(f"forum{rest}")) == [], rest
