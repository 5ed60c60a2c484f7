"""What may be sent to the site: how much, in which form, and how slowly. Decided before a byte of it is read.

A thread that reads a body is held by whoever sends it. So forms take little from strangers, larger files are read only
where a form takes one and only from people who are signed in or hold a personal link, a body has a time by which it
must have come, and never more than a part of the threads wait for bodies at once: the others go on. A small form that
is there whole is read at once. A web server in front that
keeps bodies until they are whole (docs/operating.md) makes all of this rare. See docs/decisions/0095.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import translation
from django.utils.http import parse_header_parameters

from . import networks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

View = TypeVar("View", bound="Callable[..., Any]")

KIB, MIB = 1024, 1024 * 1024
# Sixty answers of five hundred characters, each written as nine bytes, are half of this.
FROM_ANYBODY = 256 * KIB
# A rhythm of a thousand dates, or the longest text of a page.
FROM_ORGANISERS = 5 * MIB // 2
FROM_PROVIDERS = 2 * MIB
# Above what any form takes (24 MB, with ESCALE_DOCUMENT_MB): the form itself says so, with what was typed. The proxy
# lets as much through.
FILES = 25 * MIB
SECONDS = 10.0
# What a slow line at home sends; a large body gets the time that this takes beside SECONDS.
BYTES_A_SECOND = 50_000
# How long a body that is refused is still read, so that a browser or proxy gets to see why.
LET_GO_SECONDS = 2.0
WAIT_SECONDS = 0.25
MULTIPART = "multipart/form-data"
OTHER_CHARSET = "escale.other_charset"
STATUS = {
    "length": 411,
    "large": 413,
    "file": 415,
    "encoding": 415,
    "slow": 408,
    "signed_out": 403,
    "busy": 503,
    "sign": 400,
    "broken": 400,
}


def takes_files(view: View) -> View:
    """Mark a view whose form takes files: up to FILES bytes in all from people who are signed in."""
    view.takes_files = True  # type: ignore[attr-defined]  # read by the middleware
    return view


def takes_files_by_link(opens: Callable[[str], object]) -> Callable[[View], View]:
    """Mark a view whose form takes files from whoever holds a personal link: `opens` tells a true token from others.

    It is asked before a byte of the body is read, so a stranger sends no file here either.
    """

    def marked(view: View) -> View:
        view.takes_files = True  # type: ignore[attr-defined]  # read by the middleware
        view.opens_by_link = opens  # type: ignore[attr-defined]  # likewise
        return view

    return marked


class Deadlines:
    """Ends the reading of bodies that did not come in time, by one thread of each process that has any."""

    LOOKS_EVERY = 0.25

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: dict[socket.socket, float] = {}
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def within(self, seconds: float, connection: socket.socket | None) -> Iterator[None]:
        """Close the reading side of a connection that is still in here after so many seconds."""
        if connection is None:
            yield
            return
        with self._lock:
            self._due[connection] = time.monotonic() + seconds
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._watch, name="slow-bodies", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._due.pop(connection, None)

    def _watch(self) -> None:
        while True:
            time.sleep(self.LOOKS_EVERY)
            with self._lock:
                now = time.monotonic()
                for connection in [each for each, due in self._due.items() if due <= now]:
                    # Under the lock: the request is still being read, so the connection is still its own.
                    stop_reading(connection)
                    del self._due[connection]
                if not self._due:
                    self._thread = None
                    return


class Readers:
    """How many threads may read bodies at once, and how many of them for one network."""

    def __init__(self, threads: int) -> None:
        self._free = threading.Condition()
        self._reading: dict[str, int] = {}
        self._waiting = 0
        self.set_threads(threads)

    def set_threads(self, threads: int) -> None:
        """Leave half of a process's threads to whoever sends nothing."""
        self.most = max(threads // 2, 1)
        self.most_of_one = max(self.most // 2, 1)

    def _is_room(self, network: str) -> bool:
        if sum(self._reading.values()) >= self.most:
            return False
        return not network or self._reading.get(network, 0) < self.most_of_one

    @contextlib.contextmanager
    def turn(self, network: str) -> Iterator[bool]:
        """Give a thread its turn to read; False when none came free within a quarter of a second.

        Few threads wait for one: the others, at least a quarter of all, are there for whoever sends nothing.
        """
        with self._free:
            is_given = self._is_room(network)
            if not is_given and self._waiting < max(self.most // 2, 1):
                self._waiting += 1
                is_given = self._free.wait_for(lambda: self._is_room(network), WAIT_SECONDS)
                self._waiting -= 1
            if is_given:
                self._reading[network] = self._reading.get(network, 0) + 1
        try:
            yield is_given
        finally:
            if is_given:
                with self._free:
                    self._reading[network] -= 1
                    if not self._reading[network]:
                        del self._reading[network]
                    self._free.notify_all()


deadlines = Deadlines()
# gunicorn.conf.py says how many threads there really are.
readers = Readers(8)


def stop_reading(connection: socket.socket) -> None:
    """Let nobody wait for this connection again: whoever reads it finds its end."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RD)


class ReadAsUnicode:
    """A WSGI application to which every request is UTF-8, also one that says otherwise.

    Django reads an address in the encoding that a request names for its body: "idna" takes the square of its length,
    "unicode_escape" makes signs that no text has, and "hex" is a fault before any middleware runs.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Take the encoding out of Content-Type, and mark a request that names another than UTF-8."""
        written = environ.get("CONTENT_TYPE", "")
        if "charset" in written.lower() or "*" in written:
            try:
                kind, parameters = parse_header_parameters(written)
            except (LookupError, ValueError):
                kind, parameters = written.partition(";")[0], {"charset": "unknown"}
            boundary = parameters.get("boundary", "")
            environ["CONTENT_TYPE"] = f'{kind}; boundary="{boundary}"' if boundary else kind
            if parameters.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
                environ[OTHER_CHARSET] = "1"
        return self.application(environ, start_response)


class BodiesMiddleware:
    """Refuse bodies that no view here takes, and read the others before any view waits for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info:
            return self._refuse(request, "sign")
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query:
            # As all that is no text: PostgreSQL takes no NUL, and nobody looks for one.
            request.META["QUERY_STRING"] = query.replace("%00", quote("\ufffd"))
        response = self.get_response(request)
        if _has_body(request) and not request.META.get("escale.body_is_read"):
            _abandon(request)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        _args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Look at what is announced; read it when it may come. Runs before CSRF's check, which would read it."""
        if request.method in ("GET", "HEAD", "OPTIONS", "TRACE") or not _has_body(request):
            return None
        length = _length(request)
        if length is None:
            return self._refuse(request, "length")
        if request.META.get(OTHER_CHARSET):
            return self._refuse(request, "encoding")
        has_files = hasattr(view, "takes_files") and request.content_type == MULTIPART
        if has_files and hasattr(view, "opens_by_link"):
            # The view itself answers that the link opens nothing; it reads nothing either.
            has_files = bool(view.opens_by_link(kwargs["token"]))
        elif FROM_ANYBODY < length <= FILES and _is_signed_out(request, view):
            # A small form is read, and its page keeps what was typed (accounts/sign_in/kept_forms.py).
            return self._refuse(request, "signed_out")
        if length > (FILES if has_files else _most(request, view, length)):
            return self._refuse(request, "large")
        return self._read(request, length, has_files=has_files)

    def _read(self, request: HttpRequest, length: int, *, has_files: bool) -> HttpResponse | None:
        seconds = SECONDS + length / BYTES_A_SECOND
        if _has_come(request, length):
            # It holds no thread, and asks for no turn: many people behind one address send at once.
            trouble = _load(request, length, has_files=has_files)
        else:
            with readers.turn(networks.network(request)) as is_given:
                if not is_given:
                    trouble = "busy"
                else:
                    with deadlines.within(seconds, _connection(request)):
                        trouble = _load(request, length, has_files=has_files)
        if trouble:
            return self._answer(request, trouble)
        request.META["escale.body_is_read"] = True
        return None

    def _refuse(self, request: HttpRequest, trouble: str) -> HttpResponse:
        self._let_go(request)
        return self._answer(request, trouble)

    @staticmethod
    def _answer(request: HttpRequest, trouble: str) -> HttpResponse:
        # What would have been read is not there: the page must not wait for it.
        request._post_parse_error = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own mark for it
        # Above the middleware of languages: the address says which it is.
        language = translation.get_language_from_path(request.path_info) or translation.get_language()
        with translation.override(language):
            response = render(request, "refused_request.html", {"trouble": trouble}, status=STATUS[trouble])
        response["Cache-Control"] = "no-store"
        if trouble == "busy":
            response["Retry-After"] = "10"
        return response

    @staticmethod
    def _let_go(request: HttpRequest) -> None:
        """Read what is refused for a moment and throw it away: who still sends would not see the answer."""
        connection = _connection(request)
        length = _length(request)
        if connection is None or not length:
            return
        with readers.turn(networks.network(request)) as is_given:
            if not is_given:
                return
            with deadlines.within(LET_GO_SECONDS, connection), contextlib.suppress(OSError):
                left = length
                while left > 0 and (read := request.META["wsgi.input"].read(min(64 * KIB, left))):
                    left -= len(read)
                if not left:
                    request.META["escale.body_is_read"] = True


def _load(request: HttpRequest, length: int, *, has_files: bool) -> str:
    """Read a body and the form in it; return what is wrong with it, or nothing."""
    try:
        # Files that a form takes are read by Django piece by piece: above 2.5 MB, into a file that goes with the
        # request. Everything else is small and stays in memory.
        if not has_files and len(request.body) < length:
            return "slow"
        if request.FILES and not has_files:
            return "file"
    except UnreadablePostError:
        return "slow"
    except (MultiPartParserError, SuspiciousOperation, BadRequest):
        # Also what a form was cut short to because the rest never came.
        return "broken"
    return ""


def _has_body(request: HttpRequest) -> bool:
    meta = request.META
    return bool(meta.get("HTTP_TRANSFER_ENCODING")) or meta.get("CONTENT_LENGTH") not in (None, "", "0")


def _length(request: HttpRequest) -> int | None:
    """Return how many bytes are announced; None when nobody says, or says nonsense."""
    written = str(request.headers.get("content-length") or "")
    if request.headers.get("transfer-encoding") or not (written.isascii() and written.isdigit()):
        return None
    return int(written[:20])


def _has_come(request: HttpRequest, length: int) -> bool:
    """Tell whether a small body is here already, so that reading it waits for nobody.

    What gunicorn read beyond the headers is kept by its reader, the rest lies in the connection. False where that
    cannot be seen: under another server, or where gunicorn itself speaks TLS.
    """
    connection = _connection(request)
    unreader = getattr(getattr(request.META.get("wsgi.input"), "reader", None), "unreader", None)
    if length > FROM_ANYBODY or connection is None or unreader is None or connection.gettimeout():
        return False
    held = len(unreader.buf.getvalue())
    if held >= length:
        return True
    try:
        lies_there = connection.recv(length - held, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except (OSError, ValueError):
        return False
    return held + len(lies_there) >= length


def _most(request: HttpRequest, view: Callable[..., Any], length: int) -> int:
    """Return how many bytes a form may have. Only a large one costs the look at who sends it."""
    if length <= FROM_ANYBODY:
        return FROM_ANYBODY
    if hasattr(view, "most_bytes"):
        return int(view.most_bytes)
    return FROM_ORGANISERS if request.user.is_authenticated else FROM_ANYBODY


def _is_signed_out(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Tell whether a view is for people who are signed in (Django's mark for it), and this one is not."""
    return hasattr(view, "redirect_field_name") and not request.user.is_authenticated


def _connection(request: HttpRequest) -> Any:
    """Return the connection that gunicorn reads, None under another server and in tests."""
    return request.META.get("gunicorn.socket")


def _abandon(request: HttpRequest) -> None:
    """Make sure that nothing waits for the rest of a body that nobody read; the connection ends with the answer."""
    connection = _connection(request)
    if connection is None:
        return
    stop_reading(connection)
    body = request.META["wsgi.input"]
    if hasattr(body, "failed"):
        # gunicorn's mark for: nobody knows where the next request begins.
        body.failed = True
