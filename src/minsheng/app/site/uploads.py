"""How large a request's body may be, said before a byte of it is read; and what its files were called."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParser
from django.utils.datastructures import MultiValueDict

from minsheng.app.site import pages
from minsheng.core.features import queries as features
from minsheng.gateways.media.filetypes import is_odd
from minsheng.public.open311 import pages as open311

Next = Callable[[HttpRequest], HttpResponse]

# What a form around the files may take.
_AROUND: Final = 1024 * 1024
_OPEN311: Final = re.compile(r"/open311/.+\.(json|xml)")


class NamesAsTheyCame(FileUploadHandler):
    """Has bodies read by a parser that does not make an odd file name look like an honest one."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> tuple[QueryDict, MultiValueDict[str, UploadedFile[Any]]]:
        """Read the whole body with the other handlers."""
        assert self.request is not None
        others = [each for each in self.request.upload_handlers if each is not self]
        return _Parser(META, input_data, others, encoding).parse()


class _Parser(MultiPartParser):
    """Django's parser drops folders and unprintable signs from names before anybody can refuse them."""

    def sanitize_file_name(self, file_name: str) -> str | None:
        """Return what Django makes of a name; of an odd one with a backslash before it, so that it stays odd."""
        plain = super().sanitize_file_name(file_name)
        # Above all `gateways.filetypes` refuses backslashes, and shows what stands behind the last one.
        return f"\\{plain or ''}" if is_odd(html.unescape(file_name)) else plain


def body_limit(get_response: Next) -> Next:
    """Refuse a body that is too large by what it says of itself; files only where they belong, of who is signed in.

    It stands behind the session and before any form is parsed: a stranger's files never reach the disk. A body that
    says nothing of its length is empty to WSGI. The API reads no files and has its own answer (`site.api`).
    """
    wide = _any_of(address for feature in features.features() for address in feature.uploads)
    public = _any_of(address for feature in features.features() for address in feature.public_uploads)

    def middleware(request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        # Python reads digits of any script and of any number; a length is neither.
        size = int(length) if length.isascii() and length.isdecimal() and len(length) <= 18 else None
        small = size is not None and size <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if small or request.path_info.startswith("/api/"):
            return get_response(request)
        most = settings.UPLOAD_LIMITS["order"] + _AROUND
        # A citizen's session begins with a draft or an appeal: who has none brings nothing either.
        staff = wide.fullmatch(request.path_info) and request.user.is_authenticated
        citizen = public.fullmatch(request.path_info) and request.session.get("citizen")
        if size is None or size > most or not (staff or citizen):
            return _too_large(request)
        return get_response(request)

    return middleware


def _any_of(addresses: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in addresses))


def _too_large(request: HttpRequest) -> HttpResponse:
    if machine := _OPEN311.fullmatch(request.path_info):
        return open311.too_large(machine[1])
    return pages.too_large(request)
