"""One budget for an archive and everything inside it: bytes, entries, time. Clauses: JY-10.3c."""

from __future__ import annotations

import io
import itertools
import zipfile

import pytest
from tests import files_ground as samples

from minsheng.gateways.media import unpacking
from minsheng.gateways.media.filetypes import Limits, Unacceptable, examine

LIMITS = Limits(20_000_000, 100_000_000, 10, 200_000_000)
ZEROS = b"\x00" * 19_000_000


def inner(zeros: bytes = ZEROS, *, entries: int = 1) -> bytes:
    """Return a table that unpacks to 160 times its length: its padding is stored, and packs well one level above."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", samples.SHEET)
        file.writestr("padding", b"\x00" * 100_000, compress_type=zipfile.ZIP_STORED)
        for number in range(entries):
            file.writestr(f"xl/{number}", zeros)
    return packed.getvalue()


def document(*tables: bytes) -> bytes:
    """Return a text with these tables in it."""
    named = {f"word__embeddings__{number}": table for number, table in enumerate(tables)}
    return samples.archive(types=samples.WORD, **named)


def code_of(content: bytes) -> str:
    """Return why a document is refused, or that it is one."""
    try:
        return examine(io.BytesIO(content), name="a.docx", limits=LIMITS).kind.code
    except Unacceptable as refusal:
        return refusal.code


def test_tables_in_a_document_share_one_budget_of_bytes() -> None:
    bomb = document(*[inner()] * 10)
    budget = unpacking.Budget(len(bomb))

    with pytest.raises(unpacking.OverBudget), unpacking.opened(io.BytesIO(bomb)) as archive:
        unpacking.look_through(archive, budget)

    assert code_of(bomb) == "file_unpacks_too_large"
    # No more came out than the budget has, and no table had one of its own.
    assert budget.bytes_left > -unpacking._CHUNK
    assert unpacking.Budget(len(bomb)).bytes_left <= max(unpacking._RATIO_FROM, 200 * len(bomb))


def test_tables_in_a_document_share_one_budget_of_entries() -> None:
    assert code_of(document(*[inner(b"x", entries=1_000)] * 4)) == "docx"
    assert code_of(document(*[inner(b"x", entries=1_000)] * 6)) == "file_unpacks_too_large"


def test_the_budget_of_time_ends_what_is_slow() -> None:
    ticks = itertools.count()
    budget = unpacking.Budget(1_000_000, clock=lambda: float(next(ticks)))

    with (
        pytest.raises(unpacking.OverBudget),
        unpacking.opened(io.BytesIO(document(inner(b"x", entries=100)))) as archive,
    ):
        unpacking.look_through(archive, budget)

    assert next(ticks) < 20


def test_an_archive_two_levels_deep_is_refused_wherever_it_stands() -> None:
    deep = samples.archive(types=samples.SHEET, xl__embeddings__one=samples.XLSX)

    assert code_of(document(deep)) == "file_holds_archive"


def test_the_same_bytes_named_by_many_entries_count_as_often_as_they_come_out() -> None:
    content = bytearray(samples.archive(types=samples.WORD, word__big=b"\x00" * 3_000_000))
    end = content.rindex(b"PK\x05\x06")
    start = int.from_bytes(content[end + 16 : end + 20], "little")
    directory = bytes(content[start:end])
    entry = directory[directory.rindex(b"PK\x01\x02") :]
    more = entry * 100
    content[end:end] = more
    count, length = 102, len(directory) + len(more)
    place = end + len(more)
    content[place + 8 : place + 16] = count.to_bytes(2, "little") * 2 + length.to_bytes(4, "little")

    assert code_of(bytes(content)) == "file_unpacks_too_large"


def test_a_list_of_contents_without_end_is_not_read() -> None:
    content = bytearray(samples.DOCX)
    end = content.rindex(b"PK\x05\x06")
    content[end + 12 : end + 16] = (0xFFFFFFF0).to_bytes(4, "little")

    assert code_of(bytes(content)) == "file_unpacks_too_large"


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_packing_that_office_documents_do_not_know_is_refused(packing: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as file:
        file.writestr("[Content_Types].xml", samples.WORD)

    assert code_of(packed.getvalue()) == "file_broken"


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_an_archive_that_was_cut_off_is_broken(cut: int) -> None:
    assert code_of(samples.DOCX[:-cut]) in ("file_broken", "file_unpacks_too_large")
