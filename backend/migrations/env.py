"""Alembic's door: every room's tables, and the owner's connection."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from alembic import context

from codewell.db import metadata

for room in (
    "trail", "identity", "codesets", "workqueues", "episodes", "standards", "coding", "intake", "audits", "actions",
    "programme", "training", "reports", "synth",
):  # fmt: skip
    if find_spec(f"codewell.{room}.models"):
        import_module(f"codewell.{room}.models")
import_module("codewell.kit.repeat")


def ours(obj: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Leave partitions out: they are made by ensure_episode_partitions, not by a migration."""
    return not (kind == "table" and reflected and (name or "").startswith("episode_p"))


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, include_object=ours, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
