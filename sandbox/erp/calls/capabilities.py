"""`GET /capabilities`: what the ERP offers."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.erp.calls.answer import answer_json
from sandbox.erp.system import Erp

MAX_PAGE = 500  # The contract's greatest `limit`.


async def get_capabilities(erp: Erp, _request: Request) -> Response:
    """Answer the capabilities with the rate that is in force."""
    offered = msgspec.to_builtins(erp.capabilities.value)
    return answer_json(offered | {"rate_limit": msgspec.to_builtins(erp.quota.value), "max_page": MAX_PAGE})
