"""In which language the words are read: Chinese is what is written here, another language is put in front by the site.

`wording` knows no framework. The site names a translator once; tables then answer in the reader's language, and a
program without a site, as `minsheng rehearse`, reads Chinese.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

_translator: list[Callable[[str], str]] = []


def translate_with(translator: Callable[[str], str]) -> None:
    """Let every word from here on be read through `translator`, which returns what it doesn't know as it is."""
    _translator[:] = [translator]


def tr(words: str) -> str:
    """Return Chinese words in the reader's language."""
    return _translator[0](words) if _translator and words else words


class Table(Mapping[str, str]):
    """A table of words by code, read in the reader's language."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = dict(words)

    def __getitem__(self, code: str) -> str:
        """Return the words of a code. Raises: KeyError."""
        return tr(self._words[code])

    def __iter__(self) -> Iterator[str]:
        """Go through the codes."""
        return iter(self._words)

    def __len__(self) -> int:
        """Return how many codes there are."""
        return len(self._words)

    def chinese(self) -> tuple[str, ...]:
        """Return the words as they are written, for the catalogue."""
        return tuple(self._words.values())
