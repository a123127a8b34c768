"""The account's budget: no call earlier than allowed, the urgent ones first."""
