"""Roles, permissions and who holds what: the one table of who may do what."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Set
from enum import StrEnum
from typing import Literal
from uuid import UUID

from codewell.kit.problems import Busy, Conflict, Invalid, Malformed, NotPermitted, NotSignedIn, Stale, TooMany


class Role(StrEnum):
    """What a person is in the coding department."""

    trainee = "trainee"
    coder = "coder"
    auditor = "auditor"
    trainer = "trainer"
    manager = "manager"
    clinician = "clinician"
    privacy_officer = "privacy_officer"
    system_administrator = "system_administrator"


class ClientScope(StrEnum):
    """What an API client is for."""

    intake = "intake"
    bi = "bi"
    coding_read = "coding_read"
    checks = "checks"


class Permission(StrEnum):
    """Every permission, alphabetical, ``noun:verb``."""

    action_do = "action:do"
    action_list = "action:list"
    action_verify = "action:verify"
    api_client_add = "api_client:add"
    api_client_list = "api_client:list"
    api_client_revoke = "api_client:revoke"
    api_client_rotate = "api_client:rotate"
    audit_list = "audit:list"
    audit_see = "audit:see"
    audit_set_up = "audit:set_up"
    audit_sign = "audit:sign"
    audit_work = "audit:work"
    audit_profile_edit = "audit_profile:edit"
    audit_profile_list = "audit_profile:list"
    auditor_list = "auditor:list"
    auditor_qualify = "auditor:qualify"
    check_run = "check:run"
    check_rule_edit = "check_rule:edit"
    check_rule_list = "check_rule:list"
    code_search = "code:search"
    coding_approve = "coding:approve"
    coding_code = "coding:code"
    coding_feed = "coding:feed"
    coding_finalise = "coding:finalise"
    coding_see = "coding:see"
    edition_list = "edition:list"
    edition_load = "edition:load"
    edition_ready = "edition:ready"
    episode_list = "episode:list"
    episode_lookup = "episode:lookup"
    episode_see = "episode:see"
    feedback_see = "feedback:see"
    feedback_see_any = "feedback:see_any"
    finding_answer = "finding:answer"
    finding_reply = "finding:reply"
    finding_rule = "finding:rule"
    intake_manage = "intake:manage"
    intake_monitor = "intake:monitor"
    intake_post = "intake:post"
    intake_rejects = "intake:rejects"
    learning_need_list = "learning_need:list"
    learning_need_plan = "learning_need:plan"
    logbook_keep = "logbook:keep"
    logbook_see = "logbook:see"
    patient_identify = "patient:identify"
    patient_search = "patient:search"
    patient_see = "patient:see"
    person_add = "person:add"
    person_appoint = "person:appoint"
    person_deactivate = "person:deactivate"
    person_edit = "person:edit"
    person_list = "person:list"
    person_reset_password = "person:reset_password"
    programme_edit = "programme:edit"
    programme_see = "programme:see"
    progression_decide = "progression:decide"
    progression_see = "progression:see"
    recommendation_edit = "recommendation:edit"
    recommendation_respond = "recommendation:respond"
    report_edit = "report:edit"
    report_see = "report:see"
    sign_in_end_any = "sign_in:end_any"
    timetable_load = "timetable:load"
    timetable_see = "timetable:see"
    trail_search = "trail:search"
    work_item_assign = "work_item:assign"
    work_item_claim = "work_item:claim"
    work_item_list = "work_item:list"
    work_item_move = "work_item:move"
    work_item_move_many = "work_item:move_many"


P = Permission
Can = Literal[True] | str
"""True, or the sentence that says why not."""

_ANYONE = frozenset({P.code_search, P.check_run, P.check_rule_list, P.edition_list, P.timetable_see})
_CODING = _ANYONE | {
    P.action_do,
    P.action_list,
    P.coding_code,
    P.coding_see,
    P.episode_list,
    P.episode_lookup,
    P.episode_see,
    P.feedback_see,
    P.finding_reply,
    P.patient_identify,
    P.patient_see,
    P.work_item_claim,
    P.work_item_list,
    P.work_item_move,
}
_AUDIT_SEEN = frozenset(
    {
        P.audit_list,
        P.audit_see,
        P.audit_profile_list,
        P.auditor_list,
        P.learning_need_list,
        P.programme_see,
        P.progression_see,
        P.report_see,
    }
)
_SENIOR = _CODING | {P.coding_approve, P.coding_finalise, P.patient_search}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.trainee: _CODING,
    Role.coder: _SENIOR,
    Role.auditor: _SENIOR
    | _AUDIT_SEEN
    | {
        P.action_verify,
        P.audit_profile_edit,
        P.audit_set_up,
        P.audit_sign,
        P.audit_work,
        P.auditor_qualify,
        P.finding_answer,
        P.logbook_keep,
        P.programme_edit,
        P.recommendation_edit,
        P.report_edit,
    },
    Role.trainer: _SENIOR | _AUDIT_SEEN | {P.finding_rule, P.learning_need_plan, P.logbook_keep, P.progression_decide},
    Role.manager: _SENIOR
    | _AUDIT_SEEN
    | {
        P.action_verify,
        P.audit_profile_edit,
        P.auditor_qualify,
        P.feedback_see_any,
        P.finding_rule,
        P.learning_need_plan,
        P.logbook_see,
        P.programme_edit,
        P.progression_decide,
        P.recommendation_edit,
        P.recommendation_respond,
        P.api_client_list,
        P.check_rule_edit,
        P.edition_load,
        P.edition_ready,
        P.intake_manage,
        P.intake_monitor,
        P.intake_post,
        P.intake_rejects,
        P.person_add,
        P.person_deactivate,
        P.person_edit,
        P.person_list,
        P.person_reset_password,
        P.sign_in_end_any,
        P.timetable_load,
        P.work_item_assign,
        P.work_item_move_many,
    },
    Role.clinician: frozenset({P.code_search}),
    Role.privacy_officer: frozenset({P.person_list, P.timetable_see, P.trail_search}),
    Role.system_administrator: frozenset(
        {
            P.api_client_add,
            P.api_client_list,
            P.api_client_revoke,
            P.api_client_rotate,
            P.check_rule_list,
            P.code_search,
            P.edition_list,
            P.edition_load,
            P.edition_ready,
            P.intake_monitor,
            P.person_add,
            P.person_appoint,
            P.person_deactivate,
            P.person_edit,
            P.person_list,
            P.person_reset_password,
            P.sign_in_end_any,
            P.timetable_load,
            P.timetable_see,
        }
    ),
}

SCOPE_PERMISSIONS: dict[ClientScope, frozenset[Permission]] = {
    ClientScope.intake: frozenset({P.intake_post, P.intake_monitor, P.intake_rejects, P.episode_lookup}),
    ClientScope.bi: frozenset({P.edition_list, P.timetable_see}),
    ClientScope.coding_read: frozenset({P.coding_feed, P.coding_see, P.episode_lookup, P.episode_see}),
    ClientScope.checks: frozenset({P.check_run, P.check_rule_list, P.code_search, P.edition_list}),
}

ROLE_LABELS: dict[Role, str] = {
    Role.trainee: "Trainee clinical coder",
    Role.coder: "Clinical coder",
    Role.auditor: "Clinical coding auditor",
    Role.trainer: "Clinical coding trainer",
    Role.manager: "Coding manager",
    Role.clinician: "Clinician",
    Role.privacy_officer: "Privacy officer",
    Role.system_administrator: "System administrator",
}


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """Return what the roles allow together; unknown words allow nothing."""
    known = {Role(r) for r in roles if r in Role.__members__}
    return frozenset(p.value for role in known for p in ROLE_PERMISSIONS[role])


def permissions_of_scopes(scopes: frozenset[str]) -> frozenset[str]:
    """Return what an API client's scopes allow together."""
    known = {ClientScope(s) for s in scopes if s in ClientScope.__members__}
    return frozenset(p.value for scope in known for p in SCOPE_PERMISSIONS[scope])


# What opens the way to a patient. Whoever keeps the keys or watches the watchers must not hold any of these.
_PATIENT_NOUNS = frozenset({"audit", "coding", "episode", "finding", "patient", "work_item"})
_KEPT_APART = frozenset({Role.privacy_officer, Role.system_administrator})
_NEVER_WITHOUT = (Role.privacy_officer, Role.system_administrator)

SMALLEST_PASSWORD, LARGEST_PASSWORD = 12, 200
LONGEST_OVERLAP = dt.timedelta(days=90)
REFERENCE_LIVES = dt.timedelta(days=7)


def opens_patients(permission: str) -> bool:
    """Say whether a permission lets its holder see or change anything of a patient."""
    return permission.split(":")[0] in _PATIENT_NOUNS or permission in {P.intake_manage, P.intake_rejects}


def check_roles(roles: Iterable[str]) -> None:
    """Refuse RolesKeptApart when one person would both run or watch the system and see patients in it."""
    held = {Role(r) for r in roles}
    if held & _KEPT_APART and any(opens_patients(p) for p in permissions_of(frozenset(held))):
        raise RolesKeptApart()


def check_appointment(may_appoint: bool, granted: Iterable[str]) -> None:
    """Refuse NotPermitted when an office that runs or watches the system is given by somebody who may not appoint."""
    if not may_appoint and {Role(r) for r in granted} & _KEPT_APART:
        raise NotPermitted(
            "A system administrator appoints system administrators and privacy officers.",
            permission=Permission.person_appoint.value,
        )


def check_own_roles(actor_id: UUID, person_id: UUID, before: Iterable[str], after: Iterable[str]) -> None:
    """Refuse OwnRoles when somebody would change what they themselves may do: that takes a second person."""
    if actor_id == person_id and set(before) != set(after):
        raise OwnRoles()


def last_of(leaving: Iterable[str], holders: Mapping[str, int]) -> Role | None:
    """Return the role this Trust cannot be without that nobody else who is active holds; ``holders`` count them in."""
    held = set(leaving)
    return next((role for role in _NEVER_WITHOUT if role in held and holders.get(role, 0) <= 1), None)


def last_sentence(role: Role) -> str:
    """Return what to do before the last holder of a role can go."""
    return f"Give another person the role of {ROLE_LABELS[role].lower()} first."


def check_not_last(leaving: Iterable[str], holders: Mapping[str, int]) -> None:
    """Refuse LastOfItsKind when nobody else who is active would hold a role this Trust cannot be without."""
    role = last_of(leaving, holders)
    if role is not None:
        raise LastOfItsKind(last_sentence(role), role=role.value)


def what_can(permissions: Set[str], *, own: bool, active: bool, local: bool, last: Role | None) -> dict[str, Can]:
    """Return what a caller may do to a person: True, or the sentence that says why not."""

    def answer(permission: P, *reasons: tuple[bool, str]) -> Can:
        if permission not in permissions:
            return "You do not have permission to do this."
        return next((sentence for wrong, sentence in reasons if wrong), True)

    closed, elsewhere = (not active, "The account is closed."), (own, "Someone else must do this to your account.")
    return {
        "edit": answer(P.person_edit),
        "edit_roles": answer(P.person_edit, (own, "Someone else must change your roles.")),
        "deactivate": answer(
            P.person_deactivate, closed, elsewhere, (last is not None, last_sentence(last) if last else "")
        ),
        "reactivate": answer(P.person_deactivate, (active, "The account is open.")),
        "reset_password": answer(
            P.person_reset_password, (not local, "Local accounts are switched off here."), closed, elsewhere
        ),
        "end_sign_ins": answer(P.sign_in_end_any),
    }


def check_password(password: str, username: str, field: str = "password") -> None:
    """Refuse WeakPassword for what is guessed first: short, all one character, or holding the user name."""
    folded = password.casefold()
    wrong = None
    if not SMALLEST_PASSWORD <= len(password) <= LARGEST_PASSWORD:
        wrong = f"use {SMALLEST_PASSWORD} to {LARGEST_PASSWORD} characters"
    elif len(set(folded)) < 5:
        wrong = "use more than a few different characters"
    elif len(username) > 3 and username.casefold() in folded:
        wrong = "leave the user name out of it"
    elif any(word in folded for word in ("password123", "qwertyuiop", "1234567890", "letmein")):
        wrong = "this is one of the first that is tried"
    if wrong:
        raise WeakPassword(errors=[{"pointer": f"/body/{field}", "detail": wrong}])


def same_version(current: int, seen: int) -> None:
    """Refuse Stale unless the caller saw the present version."""
    if current != seen:
        raise Stale(current_version=current)


def own_path(path: str | None) -> str:
    """Return ``path`` when it leads to a page of this site, and the home page for anything else."""
    good = path is not None and len(path) <= 500 and re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", path)
    return path if good and path is not None and not path.startswith("/api/") else "/"


def label_of(roles: Iterable[str]) -> str:
    """Return what a person is called on the screen."""
    held = set(roles)
    return ", ".join(ROLE_LABELS[r] for r in Role if r in held)


class SignInRefused(NotSignedIn):
    """Name or password is wrong, or the account may not sign in; we do not say which."""

    slug, title = "sign-in-refused", "That user name and password do not match an account that may sign in"
    advice = "Check both, and the Caps Lock key; a manager can set a new password."


class SignInEnded(NotSignedIn):
    """The sign-in has ended: idle too long, past its limit, signed out, or the account was closed."""

    slug, title = "sign-in-ended", "Your sign-in has ended; sign in again"
    advice = "Sign in again, then send once more what was refused."


class KeyRefused(NotSignedIn):
    """The key is unknown, wrong, revoked or expired, or not of a kind accepted here; we do not say which."""

    slug, title = "key-refused", "That key is not accepted here"
    advice = "Send a key that is in force as Authorization: Bearer; a system administrator can make a new one."


class PeopleOnly(NotPermitted):
    """This is about a person's own sign-in; a machine has none."""

    slug, title = "people-only", "Only a person who has signed in can do this"
    advice = "An API key cannot do it."


class MixedCredentials(Malformed):
    """A cookie and a key came together."""

    slug, title = "mixed-credentials", "Send either a sign-in cookie or a key, not both"


class LocalAccountsOff(Conflict):
    """Local passwords are not accepted in this environment."""

    slug, title = "local-accounts-off", "Local accounts are switched off here; use your organisation's sign-in"


class CsrfMissing(NotPermitted):
    """The request did not come from our own pages."""

    slug, title = "csrf", "This request did not come from a Codewell page"
    advice = "Reload the page and try again; a program uses an API key instead of a cookie."


class TooManyTries(TooMany):
    """Too many failed tries; the answer is the same whether or not the account or key exists."""

    slug, title = "too-many-tries", "Too many failed tries; wait before trying again"
    advice = "Retry-After says for how many seconds to wait."


class TooBusyToCheck(Busy):
    """More passwords are being checked than this process can."""

    slug, title = "too-busy", "Too many people are signing in at this moment; try again"


class UsernameTaken(Conflict):
    """Another person of this Trust has the user name."""

    slug, title = "username-taken", "Another person here has that user name"


class CoderRefTaken(Conflict):
    """Another person of this Trust is the coder the PAS or encoder calls so."""

    slug, title = "coder-ref-taken", "Another person here has that coder reference"


class ClientNameTaken(Conflict):
    """Another API client of this Trust has the name."""

    slug, title = "client-name-taken", "Another API client here has that name"


class IdentityTaken(Conflict):
    """Another person already signs in with that account."""

    slug, title = "identity-taken", "Another person already signs in with that account"


class WeakPassword(Invalid):
    """The password would be guessed."""

    slug, title = "weak-password", "Choose a password that is harder to guess"


class WrongPassword(Invalid):
    """The present password is not right."""

    slug, title = "wrong-password", "That is not your present password"


class LinkUnknown(Invalid):
    """The reference or issuer does not lead to an account."""

    slug, title = "link-unknown", "That does not lead to an account; ask the person to sign in once more"


class ExpiryPassed(Invalid):
    """The time given is not in the future, or too far in it."""

    slug, title = "bad-time", "Choose a time that is still to come"


class RolesKeptApart(Conflict):
    """One person may not both run or watch the system and see patients in it."""

    slug = "roles-kept-apart"
    title = "A system administrator or privacy officer cannot also hold a role that sees patients"


class OwnRoles(Conflict):
    """Nobody changes what they themselves may do."""

    slug, title = "own-roles", "Someone else must change your roles"


class OwnAccount(Conflict):
    """Nobody closes their own account."""

    slug, title = "own-account", "Someone else must do this to your account"


class LastOfItsKind(Conflict):
    """The Trust would be without a system administrator or privacy officer."""

    slug, title = "last-of-its-kind", "Nobody else here holds that role"


class NotThatWay(Conflict):
    """The person or client is already in that state, or not in the one needed."""

    slug, title = "not-that-way", "That cannot be done in its present state"
