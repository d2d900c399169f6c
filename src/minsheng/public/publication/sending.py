"""Sending a published file, whole or the part that is asked for: browsers play films by parts (RFC 9110, 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response

from minsheng.gateways.files import FileStore, chunks

_SEALED: Final = "default-src 'none'; sandbox"
_ONE_PART: Final = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


def send(request: HttpRequest, *, digest: str, size: int, media_type: str, store: FileStore) -> HttpResponse:
    """Answer with a file of so many bytes, or with the one part of it that `Range` asks for; 416 when there is none.

    Whoever names in `If-None-Match` what they have gets 304 without a byte. Raises: NoSuchFile.
    """
    mark = f'"{digest[:32]}"'
    headers = {
        "Accept-Ranges": "bytes",
        # Asked again each time and kept by the reader's own browser alone: a withdrawal shall reach every copy.
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": _SEALED,
        "ETag": mark,
        "X-Content-Type-Options": "nosniff",
    }
    unchanged = get_conditional_response(request, etag=mark, response=HttpResponse(headers=headers))
    if unchanged is not None and unchanged.status_code != 200:
        return unchanged
    part = _part(request, mark, size)
    if part is not None:
        if not part:
            return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    headers["Content-Length"] = str(size if part is None else len(part))
    if request.method == "HEAD":
        return HttpResponse(headers=headers, content_type=media_type)
    stream = store.open(digest)
    status = 200 if part is None else 206
    answer = StreamingHttpResponse(_sent(stream, part), status=status, headers=headers, content_type=media_type)
    return cast(HttpResponse, answer)


def _part(request: HttpRequest, mark: str, size: int) -> range | None:
    """Return which bytes are asked for, none when there are no such; None for the whole.

    Several parts, or parts of another version, or what can't be read: the whole is a right answer to these.
    """
    asked = _ONE_PART.fullmatch(request.headers.get("Range", ""))
    if request.method != "GET" or asked is None or request.headers.get("If-Range", mark) != mark:
        return None
    first, last, end = asked.groups()
    if end is not None:
        return range(max(0, size - int(end)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(size, int(last) + 1) if last else size)


def _sent(stream: BinaryIO, part: range | None) -> Iterator[bytes]:
    with stream:
        yield from chunks(stream, part)
