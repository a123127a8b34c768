"""A Keap tenant, played: REST API v2 as its documentation and its users describe it, on one machine.

It knows nothing of its clients. Every behaviour a client can notice is here because a page of the vendor, its OpenAPI
document (infusionsoft/keap-sdk, sdks/v2/swagger.yml) or a recording says so; where they are silent, the strict reading.
"""
