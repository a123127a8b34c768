"""A second ERP, of another taste than the contract's, that knows nothing of its clients.

Parties, people, deals and items under `/v2`, camelCase names, numeric ids, whole seconds, amounts as numbers, `data` around everything, a
key in `X-Api-Key`. It has no versions, no idempotency keys, no place for other people's ids, and a delete leaves nothing behind.
"""
