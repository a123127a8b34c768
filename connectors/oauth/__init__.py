"""OAuth 2 as Keap does it: the authorization code once, then refresh tokens that are good for one use each.

login (code → first pair) · store (the pair in a file, under a lock) · renew (old pair → new pair, step by step) ·
keeper (who renews, who waits) · auth (the pair on requests).
"""

from connectors.oauth.auth import OAuth
from connectors.oauth.client import OAuthClient
from connectors.oauth.keeper import Keeper
from connectors.oauth.store import TokenStore
from connectors.oauth.tokens import Tokens

__all__ = ["Keeper", "OAuth", "OAuthClient", "TokenStore", "Tokens"]
