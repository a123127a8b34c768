"""The table of faults: complete, and right where it matters whether something may have happened."""

from __future__ import annotations

import inspect

import httpx
import msgspec
import pytest

from connectors.faults import EXCEPTIONS, Call, fate_of, from_exception, from_response
from schemas.errors import (
    AmbiguousError,
    ConflictError,
    FatalError,
    GoneError,
    RateLimitedError,
    RejectedError,
    RetriableError,
    SyncError,
)

READ = Call("keap", "GET", "contacts/1", record=True)
LIST = Call("keap", "GET", "contacts")
CREATE = Call("keap", "POST", "contacts")
PATCH = Call("keap", "PATCH", "contacts/1", record=True)
HTTPX_EXCEPTIONS = [one for _, one in inspect.getmembers(httpx, inspect.isclass) if issubclass(one, Exception)]


@pytest.mark.parametrize("foreign", HTTPX_EXCEPTIONS)
def test_every_exception_of_httpx_has_a_fate(foreign: type[Exception]):
    """Whatever httpx may raise is in the table, itself or by an ancestor."""
    assert fate_of(foreign) in {"not sent", "reply lost", "our fault"}


def test_the_table_names_nothing_that_is_never_raised():
    """Each entry is an exception of httpx or msgspec."""
    assert {*EXCEPTIONS} <= {*HTTPX_EXCEPTIONS, msgspec.DecodeError}


@pytest.mark.parametrize("foreign", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError])
def test_a_create_that_was_never_sent_may_simply_be_repeated(foreign: type[Exception]):
    """No connection means that nothing happened."""
    assert type(from_exception(foreign("no way"), CREATE)) is RetriableError


@pytest.mark.parametrize("foreign", [httpx.ReadTimeout, httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError])
def test_a_lost_reply_is_ambiguous_only_where_something_is_written(foreign: type[Exception]):
    """After a lost reply to a write one has to look; a read is just repeated."""
    assert type(from_exception(foreign("lost"), CREATE)) is AmbiguousError
    assert type(from_exception(foreign("lost"), PATCH)) is AmbiguousError
    assert type(from_exception(foreign("lost"), READ)) is RetriableError


def test_a_reply_that_is_no_json_is_a_lost_reply():
    """A proxy's page with status 200 says nothing about what the API did."""
    assert type(from_exception(msgspec.DecodeError("<html>"), CREATE)) is AmbiguousError


@pytest.mark.parametrize("foreign", [httpx.UnsupportedProtocol, httpx.LocalProtocolError])
def test_a_request_that_cannot_be_is_fatal(foreign: type[Exception]):
    """An address without http or a token with a line end never gets better."""
    assert type(from_exception(foreign("wrong"), READ)) is FatalError


@pytest.mark.parametrize(
    ("status", "call", "expected"),
    [
        (400, CREATE, RejectedError),
        (401, READ, FatalError),
        (403, READ, FatalError),
        (404, READ, GoneError),
        (404, PATCH, GoneError),
        (404, CREATE, RejectedError),
        (404, LIST, FatalError),
        (408, CREATE, RetriableError),
        (409, CREATE, ConflictError),
        (410, READ, GoneError),
        (412, PATCH, ConflictError),
        (415, CREATE, RejectedError),
        (422, CREATE, RejectedError),
        (429, CREATE, RateLimitedError),
        (302, READ, RetriableError),
        (500, READ, RetriableError),
        (500, CREATE, AmbiguousError),
        (503, PATCH, AmbiguousError),
        (501, CREATE, RejectedError),
    ],
)
def test_each_status_has_its_error(status: int, call: Call, expected: type[SyncError]):
    """The class tells the caller what to do."""
    assert type(from_response(httpx.Response(status), call)) is expected


def test_an_error_names_the_call_and_the_servers_words():
    """The message is enough to find the place."""
    error = from_response(httpx.Response(400, json={"message": "name is required"}), CREATE)
    assert str(error) == "keap POST contacts: 400 name is required"
    assert isinstance(error, RejectedError)
    assert error.status == 400


def test_the_wait_of_a_429_is_the_servers():
    """Retry-After becomes `wait_s`; without it nothing is made up."""
    asked = from_response(httpx.Response(429, headers={"retry-after": "7"}), READ)
    silent = from_response(httpx.Response(429), READ)
    assert isinstance(asked, RateLimitedError)
    assert isinstance(silent, RateLimitedError)
    assert (asked.wait_s, silent.wait_s) == (7, None)
