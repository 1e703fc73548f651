"""The world of the tests: two Trusts that must not see each other.

    RXX  Synthetic Trust              RYY  Other Trust
     ├─ one person per role            ├─ other_coder, other_manager
     └─ API clients: intake, bi,       └─ API client: other_intake
        coding_read, checks

Built only through verbs.
"""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from codewell.identity import service as identity
from codewell.identity.actor import Actor
from codewell.identity.models import Person
from codewell.identity.rules import ClientScope, Permission, Role

PROVIDER, OTHER = "RXX", "RYY"
PASSWORD = "a password for tests only"
EVERYTHING = frozenset(p.value for p in Permission)


@dataclass
class World:
    """Names of what is in the world."""

    people: dict[str, Person] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    system: Actor = field(default_factory=lambda: Actor.system(PROVIDER, "world", EVERYTHING))
    other_system: Actor = field(default_factory=lambda: Actor.system(OTHER, "world", EVERYTHING))

    def actor(self, name: str) -> Actor:
        """Return the person as a caller."""
        from codewell.identity.rules import permissions_of

        person = self.people[name]
        roles = frozenset(person.roles)
        return Actor(person.provider, "person", person.person_id, person.name, permissions_of(roles), "test", roles)


async def build_world(session: AsyncSession) -> World:
    """Draw the world; the caller commits."""
    world = World()
    await identity.open_trust(session, PROVIDER, "Synthetic Trust", synthetic=True)
    await identity.open_trust(session, OTHER, "Other Trust", synthetic=True)
    names = {role.value: ([role.value], world.system) for role in Role}
    names |= {"coder_2": (["coder"], world.system)}
    names |= {"other_coder": (["coder"], world.other_system), "other_manager": (["manager"], world.other_system)}
    for username, (roles, system) in names.items():
        world.people[username] = await identity.add_person(
            session, system, username=username, name=f"Demo {username}", roles=roles, coder_ref=f"REF-{username}"
        )
    for scope in ClientScope:
        made = await identity.add_client(session, world.system, name=scope.value, scopes=[scope.value])
        world.keys[scope.value] = made.key
    world.keys["other_intake"] = (
        await identity.add_client(session, world.other_system, name="other_intake", scopes=["intake"])
    ).key
    return world
