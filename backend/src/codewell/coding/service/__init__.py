"""Verbs on codes: keep a draft, submit, approve, return; and versions of what arrives coded."""

from codewell.coding.service.amendments import amend_for_audit
from codewell.coding.service.drafts import (
    discard_draft,
    list_codings,
    save_draft,
    see_coding,
    see_workbench,
)
from codewell.coding.service.incoming import FIRST_USES, NAMED_FIRST, version_incoming, write_versions
from codewell.coding.service.second_checks import approve, give_back
from codewell.coding.service.submissions import submit
from codewell.coding.service.versions import codes_of

__all__ = [
    "FIRST_USES",
    "NAMED_FIRST",
    "amend_for_audit",
    "approve",
    "codes_of",
    "discard_draft",
    "give_back",
    "list_codings",
    "save_draft",
    "see_coding",
    "see_workbench",
    "submit",
    "version_incoming",
    "write_versions",
]
