"""Roles, permissions and who holds what: the one table of who may do what."""

from __future__ import annotations

from enum import StrEnum

from codewell.kit.problems import Conflict, Invalid, NotSignedIn, TooMany


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

    api_client_add = "api_client:add"
    api_client_list = "api_client:list"
    api_client_revoke = "api_client:revoke"
    api_client_rotate = "api_client:rotate"
    check_run = "check:run"
    check_rule_edit = "check_rule:edit"
    check_rule_list = "check_rule:list"
    code_search = "code:search"
    coding_approve = "coding:approve"
    coding_code = "coding:code"
    coding_feed = "coding:feed"
    coding_see = "coding:see"
    edition_list = "edition:list"
    edition_load = "edition:load"
    edition_ready = "edition:ready"
    episode_list = "episode:list"
    episode_lookup = "episode:lookup"
    episode_see = "episode:see"
    intake_manage = "intake:manage"
    intake_monitor = "intake:monitor"
    intake_post = "intake:post"
    patient_identify = "patient:identify"
    patient_search = "patient:search"
    patient_see = "patient:see"
    person_add = "person:add"
    person_deactivate = "person:deactivate"
    person_edit = "person:edit"
    person_list = "person:list"
    person_reset_password = "person:reset_password"
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

_ANYONE = frozenset({P.code_search, P.check_run, P.check_rule_list, P.edition_list, P.timetable_see})
_CODING = _ANYONE | {
    P.coding_code,
    P.coding_see,
    P.episode_list,
    P.episode_see,
    P.patient_identify,
    P.patient_see,
    P.work_item_claim,
    P.work_item_list,
    P.work_item_move,
}
_SENIOR = _CODING | {P.coding_approve, P.episode_lookup, P.patient_search}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.trainee: _CODING,
    Role.coder: _SENIOR,
    Role.auditor: _SENIOR,
    Role.trainer: _SENIOR,
    Role.manager: _SENIOR
    | {
        P.api_client_list,
        P.check_rule_edit,
        P.edition_load,
        P.edition_ready,
        P.intake_manage,
        P.intake_monitor,
        P.person_add,
        P.person_deactivate,
        P.person_edit,
        P.person_list,
        P.person_reset_password,
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
    ClientScope.intake: frozenset({P.intake_post, P.intake_monitor, P.episode_lookup}),
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


class SignInRefused(NotSignedIn):
    """Name or password is wrong, or the account may not sign in; we do not say which."""

    slug, title = "sign-in-refused", "That user name and password do not match an account that may sign in"


class SignInEnded(NotSignedIn):
    """The sign-in has ended: idle too long, past its limit, signed out, or the account was closed."""

    slug, title = "sign-in-ended", "Your sign-in has ended; sign in again"


class LocalAccountsOff(Conflict):
    """Local passwords are not accepted in this environment."""

    slug, title = "local-accounts-off", "Local accounts are switched off here; use your organisation's sign-in"


class CsrfMissing(NotSignedIn):
    """The request did not come from our own pages."""

    status, slug, title = 403, "csrf", "This request did not come from a Codewell page"


class TooManyTries(TooMany):
    """Too many failed sign-ins; the answer is the same whether or not the account exists."""

    slug, title = "too-many-tries", "Too many failed sign-ins; wait before trying again"


class UsernameTaken(Conflict):
    """Another person of this Trust has the user name."""

    slug, title = "username-taken", "Another person here has that user name"


class WeakPassword(Invalid):
    """The password is too short."""

    slug, title = "weak-password", "Choose a password of at least 12 characters"
