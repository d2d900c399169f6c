"""Whether a text names somebody: a name is looked for inside what was typed, however it was typed.

Letters are compared after folding: one width, no spaces of any kind, nothing that can't be seen. Source: JY-8d, JY-12.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from minsheng.domain.family_names import COMPOUND, SINGLE

# A post or a unit behind a name: 丁立秋（执法队）.
_BESIDE = re.compile(r"[（(【\[〔<《].*?[）)】\]〕>》]")
_LEAST = 2


def folded(text: str) -> str:
    """Return the letters and digits of a text alone, in one width and case: what makes a name the same name."""
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())


def names(text: str, name: str) -> bool:
    """Tell whether a text names the person who is called so, or the name as it is kept holds what the text calls them.

    丁立秋 is named by 丁 立秋, 城管局丁立秋 and 丁立秋（执法队）; 队长 names nobody.
    """
    said, called = folded(text), folded(_BESIDE.sub("", name)) or folded(name)
    if len(called) < _LEAST or len(said) < _LEAST:
        return False
    bare = folded(_BESIDE.sub("", text))
    is_a_name = len(bare) >= _LEAST and (bare[:1] in SINGLE or bare[:2] in COMPOUND)
    return called in said or (is_a_name and bare in called)


def names_any(texts: Iterable[str], called: Iterable[str]) -> bool:
    """Tell whether one of the texts names one of the people."""
    people = tuple(called)
    return any(names(text, name) for text in texts for name in people)
