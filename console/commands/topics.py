"""`keapsync topics create|check`: the topics of `streams.topics`."""

# ruff: noqa: PLC0415 - Kafka is imported only where it is asked

from __future__ import annotations

import typer

from console.session import session
from console.show import console

app = typer.Typer(help="Create or check the topics.", no_args_is_help=True)


@app.command()
def create(ctx: typer.Context) -> None:
    """Create the topics that are missing; one that exists is never altered."""
    from streams.admin import check_topics, create_topics

    settings = session(ctx).settings()
    created = create_topics(settings)
    check_topics(settings)
    console().print(f"created {len(created)}: {', '.join(created)}" if created else "all topics were there")


@app.command()
def check(ctx: typer.Context) -> None:
    """Compare every topic with what it must be."""
    from streams.admin import check_topics

    check_topics(session(ctx).settings())
    console().print("all topics are as they must be")
