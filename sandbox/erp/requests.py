"""Reading requests: bodies, query parameters and headers, each checked against the contract."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request

from sandbox.erp.contract import Parameter
from sandbox.erp.problems import Fault, Problem

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"


async def read_body(request: Request, media_type: str) -> dict[str, Any]:
    """Read a JSON object; raises a `Problem` for another media type (415) or what is no object (400)."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != media_type:
        raise Problem(415, f"the body has to be {media_type}, not {given or 'without a type'}")
    try:
        body = msgspec.json.decode(await request.body())
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "the body is no JSON", Fault("", "malformed", str(error))) from error
    if not isinstance(body, dict):
        raise Problem(400, "the body is no JSON object", Fault("", "malformed", "has to be an object"))
    return body


def read_query(request: Request, parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """Read the query parameters, defaults put in; raises a `Problem` (400) that names every fault."""
    values = {name: parameter.schema["default"] for name, parameter in parameters.items() if "default" in parameter.schema}
    faults = []
    for name in request.query_params:
        texts = request.query_params.getlist(name)
        if name not in parameters:
            faults.append(Fault(name, "unknown", "is no parameter of this call"))
        elif len(texts) > 1:
            faults.append(Fault(name, "repeated", "is given more than once"))
        else:
            values[name] = _parse(texts[0], parameters[name].schema["type"])
            faults += [fault._replace(field=name) for fault in parameters[name].check(values[name])]
    if faults:
        raise Problem(400, "the parameters are not those of the contract", *faults)
    return values


def read_header(request: Request, name: str, parameter: Parameter) -> str | None:
    """Read one header, None when it is not there; raises a `Problem` (400) when it is malformed."""
    text = request.headers.get(name)
    if text is not None and (faults := parameter.check(text)):
        raise Problem(400, f"the header {name} is malformed", *(fault._replace(field=name) for fault in faults))
    return text


def _parse(text: str, kind: str) -> object:
    """Read a parameter as its type; a text that is not of the type stays text, for the check to refuse."""
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "integer" and text.isascii() and text.removeprefix("-").isdigit() and len(text) < 20:  # noqa: PLR2004 -- int64
        return int(text)
    return text
