"""Verbs on trusts, people, sign-ins and API clients."""

from codewell.identity.service.clients import NewKey, add_client, client_by_key, revoke_client, rotate_client
from codewell.identity.service.people import (
    AccountLink,
    SharedPassword,
    add_person,
    change_password,
    deactivate_person,
    edit_person,
    open_trust,
    reactivate_person,
    reset_password,
)
from codewell.identity.service.sign_ins import (
    Opened,
    end_my_sign_in,
    end_sign_ins_of,
    open_for,
    open_sign_in,
    send_to_issuer,
    sign_in_with_account,
    sign_in_with_password,
    sign_out,
    take_oidc_state,
    touch_client,
    touch_sign_in,
)
from codewell.identity.service.trails import search_trail

__all__ = [
    "AccountLink",
    "NewKey",
    "Opened",
    "SharedPassword",
    "add_client",
    "add_person",
    "change_password",
    "client_by_key",
    "deactivate_person",
    "edit_person",
    "end_my_sign_in",
    "end_sign_ins_of",
    "open_for",
    "open_sign_in",
    "open_trust",
    "reactivate_person",
    "reset_password",
    "revoke_client",
    "rotate_client",
    "search_trail",
    "send_to_issuer",
    "sign_in_with_account",
    "sign_in_with_password",
    "sign_out",
    "take_oidc_state",
    "touch_client",
    "touch_sign_in",
]
