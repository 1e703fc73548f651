"""``codewell people``: open a Trust and add its first people from the command line, before anybody can sign in."""

from __future__ import annotations

import argparse
import asyncio

from sqlalchemy.exc import IntegrityError

from codewell.db import Database
from codewell.identity import credentials, service
from codewell.identity.actor import Actor
from codewell.identity.rules import Permission, Role
from codewell.kit.problems import Problem
from codewell.settings import settings


async def open_trust(args: argparse.Namespace) -> int:
    """Open a Trust."""
    database = Database(settings())
    try:
        async with database.transaction() as session:
            await service.open_trust(session, args.provider, args.name, synthetic=False)
    finally:
        await database.close()
    print(f"{args.provider} {args.name} is open. Now add a system administrator: codewell people add --help")
    return 0


async def add(args: argparse.Namespace) -> int:
    """Add one person: with an account of an issuer where those are used, else with a password printed this once."""
    actor = Actor.system(
        args.provider, "command line", frozenset({Permission.person_add.value, Permission.person_appoint.value})
    )
    link = None
    if args.reference or args.subject:
        link = service.AccountLink(issuer_id=args.issuer_id, subject=args.subject, reference=args.reference)
    password = credentials.temporary_password() if link is None and settings().local_sign_in else None
    if link is None and password is None:
        print("Local accounts are off here: name the account with --issuer-id and --subject, or with --reference.")
        return 2
    database = Database(settings())
    try:
        async with database.transaction() as session:
            person = await service.add_person(
                session,
                actor,
                username=args.username,
                name=args.name,
                roles=args.role,
                password=password,
                link=link,
                settings=settings(),
            )
    finally:
        await database.close()
    print(f"{person.name} can sign in" + (f" as {person.username} with the password {password}" if password else ""))
    return 0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to ``parser``."""
    whats = parser.add_subparsers(dest="what", required=True, metavar="what")
    one = whats.add_parser("open-trust", help="open a Trust")
    one.add_argument("provider", help="its ODS code, for example RXX")
    one.add_argument("name")
    one = whats.add_parser("add", help="add a person")
    one.add_argument("--provider", required=True, help="ODS code of the Trust")
    one.add_argument("--username", required=True)
    one.add_argument("--name", required=True)
    one.add_argument("--role", required=True, action="append", choices=[r.value for r in Role])
    one.add_argument("--issuer-id", help="one of CODEWELL_OIDC_ISSUERS")
    one.add_argument("--subject", help="the account's subject (sub) at that issuer")
    one.add_argument("--reference", help="the reference shown to the person when they tried to sign in")


def main(args: argparse.Namespace) -> int:
    """Run the command; a refusal is one sentence."""
    try:
        return asyncio.run(open_trust(args) if args.what == "open-trust" else add(args))
    except IntegrityError:
        print("That is there already.")
        return 1
    except Problem as refusal:
        print(refusal.detail or refusal.title)
        for error in refusal.facts.get("errors", []):
            print(f"  {error['pointer']}: {error['detail']}")
        return 1
