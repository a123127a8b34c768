"""`keapsync keap login|token|fields`: a Keap account's OAuth tokens, and the custom fields that the mapping stands on."""

# ruff: noqa: PLC0415 - HTTP is imported only where it is used

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.commands.keap_fields import fields
from console.errors import FAILED, report
from console.session import session
from console.show import console, moment
from schemas.errors import ConfigurationError, FatalError

if TYPE_CHECKING:
    from connectors.oauth import OAuthClient
    from connectors.oauth.login import Login
    from streams.credentials import OAuthSettings

WAIT_S = 300.0
"""How long the browser is waited for."""

app = typer.Typer(help="Log in to Keap by OAuth, look after the tokens, make custom fields.", no_args_is_help=True)
app.command()(fields)

Connection = Annotated[str | None, typer.Argument(help="Needed when several connections use OAuth.")]
Port = Annotated[int, typer.Option(help="Port of the redirect on 127.0.0.1, where Keap knows it; 0 takes a free one.")]
Paste = Annotated[str | None, typer.Option("--paste", metavar="REDIRECT_URI", help="No browser here: paste where it was sent to.")]
Renew = Annotated[bool, typer.Option("--renew", help="Renew them now.")]


@app.command()
def login(ctx: typer.Context, connection: Connection = None, *, port: Port = 0, paste: Paste = None) -> None:
    """Let keapsync in: open Keap's page, take the code it sends back, store the first tokens."""
    name, oauth = _account(ctx, connection)
    import asyncio

    from connectors.oauth.login import finish
    from streams.clock import now_ms

    begun, address = _pasted(oauth.client(), paste) if paste else _redirected(oauth.client(), port)
    tokens = asyncio.run(finish(begun, begun.code_of(address), oauth.store(), now_ms))
    console().print(f"{name}: logged in; the tokens are in {oauth.token_file}, the first until {moment(tokens.expires_at)}")


@app.command()
def token(ctx: typer.Context, connection: Connection = None, *, renew: Renew = False) -> None:
    """Show how old the tokens are (never the tokens); exit code 1 when they need somebody."""
    name, oauth = _account(ctx, connection)
    import asyncio

    from connectors.oauth import Keeper
    from connectors.oauth.renew import stored
    from streams.clock import now_ms
    from streams.credentials import REMEDY

    tokens = stored(oauth.store())
    if renew:
        tokens = asyncio.run(Keeper(oauth.client(), oauth.store(), REMEDY).replace(tokens))
    now = now_ms()
    state = "expired" if tokens.is_expired(now) else "valid"
    console().print(f"{name}: {state} until {moment(tokens.expires_at)}, last renewed {moment(tokens.obtained_at)}")
    faults = [f"{name}: {alarm}" for alarm in (tokens.idle_alarm(now), _spending(tokens.spending_since)) if alarm]
    if faults:
        report(faults)
        raise typer.Exit(FAILED)


def _spending(since: int | None) -> str | None:
    return None if since is None else f"a renewal began at {moment(since)} and has not been seen to end"


def _account(ctx: typer.Context, connection: str | None) -> tuple[str, OAuthSettings]:
    """Return the connection that is meant; raises ConfigurationError when that is not one with OAuth."""
    found = {name: one.keap.oauth for name, one in session(ctx).connected().connections.items() if one.keap.oauth is not None}
    if connection is None and len(found) == 1:
        return next(iter(found.items()))
    if connection is None or connection not in found:
        names = ", ".join(found) or "none: connections.NAME.keap.oauth is not set"
        raise ConfigurationError(f"{connection or 'connection'}: name one that uses OAuth ({names})")
    return connection, found[connection]


def _redirected(client: OAuthClient, port: int) -> tuple[Login, str]:
    import webbrowser

    from connectors.oauth.login import begin
    from connectors.oauth.redirect import listening

    with listening(port) as redirect:
        begun = begin(client, redirect.uri)
        _show(begun)
        webbrowser.open(begun.page)
        address = redirect.wait(WAIT_S)
    if address is None:
        raise FatalError(f"nobody came back within {WAIT_S:.0f} s; where this machine has no browser, use --paste")
    return begun, address


def _pasted(client: OAuthClient, redirect_uri: str) -> tuple[Login, str]:
    from connectors.oauth.login import begin

    begun = begin(client, redirect_uri)
    _show(begun)
    return begun, str(typer.prompt("Paste the address the browser was sent to", err=True))


def _show(begun: Login) -> None:
    console().print(f"Open this page and allow access:\n{begun.page}", soft_wrap=True)
