"""How an account proves who it is: a static token, or OAuth tokens that renew themselves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from connectors.auth import Auth, TokenAuth
from connectors.oauth import Keeper, OAuth, OAuthClient, TokenStore
from connectors.oauth.client import AUTHORIZE_URL, TOKEN_URL

if TYPE_CHECKING:
    from streams.settings import SideSettings

REMEDY = "log in again: keapsync keap login"


class OAuthSettings(BaseModel):
    """An application registered with Keap, and where its tokens are kept; `keapsync keap login` brings the first ones."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    client_id: str = Field(min_length=1, description="One per deployment: two that share one log each other out.")
    client_secret: SecretStr
    token_file: Annotated[Path, BeforeValidator(os.path.expanduser)] = Field(
        description="Shared by all processes that use the account; not a cache: losing it means to log in again."
    )
    authorize_url: str = AUTHORIZE_URL
    token_url: str = TOKEN_URL

    def client(self) -> OAuthClient:
        """Return the application as the authorization server knows it."""
        return OAuthClient(self.client_id, self.client_secret.get_secret_value(), self.token_url, self.authorize_url)

    def store(self) -> TokenStore:
        """Return where its tokens are kept."""
        return TokenStore(self.token_file)


def auth_of(account: SideSettings) -> Auth:
    """Return what goes on an account's requests."""
    if account.oauth is not None:
        return OAuth(Keeper(account.oauth.client(), account.oauth.store(), REMEDY, timeout_s=account.timeout_s))
    return TokenAuth(token_of(account), account.header)


def token_of(account: SideSettings) -> str:
    """Return a static token."""
    return account.token.get_secret_value() if account.token else ""
