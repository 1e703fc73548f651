"""The first people of a Trust are added from the command line."""

import argparse

import pytest
from sqlalchemy import text

from codewell.identity import command
from conftest import copied, make_settings


@pytest.fixture
async def empty(cluster_url, template, tmp_path, monkeypatch):
    """A migrated database with nobody in it; ``command`` uses it."""
    async with copied(cluster_url, template) as url:
        settings = make_settings(url, tmp_path)
        monkeypatch.setattr(command, "settings", lambda: settings)
        yield settings


def words(*given):
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return parser.parse_args(given)


ADD = ["add", "--provider", "RXX", "--username", "Ada", "--name", "Ada Stone", "--role", "system_administrator"]


class TestPeople:
    async def test_a_trust_and_its_first_administrator(self, empty, capsys):
        from codewell.db import Database

        assert await command.open_trust(words("open-trust", "RXX", "Example Trust")) == 0
        assert await command.add(words(*ADD)) == 0
        assert "as ada with the password " in capsys.readouterr().out
        database = Database(empty)
        async with database.transaction() as session:
            row = (await session.execute(text("select username, roles, password_hash from person"))).one()
            line = (await session.execute(text("select actor_kind, actor_name, tag from trail_line"))).one()
        await database.close()
        assert (row.username, row.roles) == ("ada", ["system_administrator"])
        assert row.password_hash.startswith("$argon2id$")
        assert tuple(line) == ("system", "command line", "person:added")

    async def test_where_local_accounts_are_off_an_account_must_be_named(self, empty, monkeypatch, capsys):
        off = empty.model_copy(update={"local_accounts": False})
        monkeypatch.setattr(command, "settings", lambda: off)
        assert await command.add(words(*ADD)) == 2
        assert "--subject" in capsys.readouterr().out

    def test_a_refusal_is_a_sentence_and_not_a_traceback(self, empty_sync, capsys):
        assert command.main(words(*ADD, "--role", "coder")) == 1
        assert "cannot also hold a role that sees patients" in capsys.readouterr().out


@pytest.fixture
def empty_sync(cluster_url, template, tmp_path, monkeypatch):
    """Settings of a database that the refused command reaches no further than."""
    from conftest import with_database

    settings = make_settings(with_database(cluster_url, template), tmp_path)
    monkeypatch.setattr(command, "settings", lambda: settings)
