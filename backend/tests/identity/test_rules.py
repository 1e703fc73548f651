"""Who may do what, and who may not be both."""

import pytest

from codewell.identity import rules
from codewell.identity.rules import ROLE_PERMISSIONS, SCOPE_PERMISSIONS, ClientScope, Permission, Role


class TestPermissions:
    def test_they_are_alphabetical_words_of_noun_and_verb(self):
        words = [p.value for p in Permission]
        assert words == sorted(words)
        for p in Permission:
            assert p.value == p.name.replace("_", ":", 1) or ":" in p.value
            assert p.name == p.value.replace(":", "_")

    def test_every_role_and_scope_has_its_line(self):
        assert set(ROLE_PERMISSIONS) == set(Role)
        assert set(SCOPE_PERMISSIONS) == set(ClientScope)
        assert set(rules.ROLE_LABELS) == set(Role)

    @pytest.mark.parametrize("role", [Role.system_administrator, Role.privacy_officer])
    def test_who_runs_or_watches_the_system_sees_no_patient(self, role):
        assert not [p for p in ROLE_PERMISSIONS[role] if rules.opens_patients(p)]

    def test_a_bi_key_sees_no_patient_and_changes_nothing(self):
        assert not [p for p in SCOPE_PERMISSIONS[ClientScope.bi] if rules.opens_patients(p)]
        assert {p.split(":")[1] for p in SCOPE_PERMISSIONS[ClientScope.bi]} <= {"list", "see", "search"}

    def test_a_trainee_does_not_search_patients_or_approve(self):
        held = ROLE_PERMISSIONS[Role.trainee]
        assert Permission.patient_search not in held
        assert Permission.coding_approve not in held

    def test_only_a_privacy_officer_reads_the_trail(self):
        assert [r for r in Role if Permission.trail_search in ROLE_PERMISSIONS[r]] == [Role.privacy_officer]

    def test_only_a_system_administrator_makes_and_revokes_keys(self):
        for p in (Permission.api_client_add, Permission.api_client_rotate, Permission.api_client_revoke):
            assert [r for r in Role if p in ROLE_PERMISSIONS[r]] == [Role.system_administrator]

    def test_no_machine_may_touch_people_keys_or_the_trail(self):
        for held in SCOPE_PERMISSIONS.values():
            assert not {p for p in held if p.split(":")[0] in {"person", "api_client", "sign_in", "trail"}}

    def test_unknown_words_allow_nothing(self):
        assert rules.permissions_of(frozenset({"owner", "__class__"})) == frozenset()
        assert rules.permissions_of_scopes(frozenset({"everything"})) == frozenset()


class TestSeparation:
    @pytest.mark.parametrize("role", [r for r in Role if r not in rules._KEPT_APART and r is not Role.clinician])
    @pytest.mark.parametrize("keeper", [Role.system_administrator, Role.privacy_officer])
    def test_a_keeper_cannot_also_hold_a_role_that_sees_patients(self, role, keeper):
        with pytest.raises(rules.RolesKeptApart):
            rules.check_roles([role, keeper])
        rules.check_roles([role])
        rules.check_roles([keeper])

    def test_roles_that_see_patients_go_together(self):
        rules.check_roles([Role.coder, Role.auditor, Role.trainer, Role.manager])

    @pytest.mark.parametrize(
        ("leaving", "holders", "last"),
        [
            (["system_administrator"], {"system_administrator": 1}, Role.system_administrator),
            (["system_administrator"], {"system_administrator": 2}, None),
            (["privacy_officer"], {"privacy_officer": 1, "system_administrator": 3}, Role.privacy_officer),
            (["coder"], {"coder": 1}, None),
            ([], {}, None),
        ],
    )
    def test_the_last_one_of_some_kinds_stays(self, leaving, holders, last):
        assert rules.last_of(leaving, holders) == last


class TestPasswordRule:
    @pytest.mark.parametrize(
        "password", ["short", "aaaaaaaaaaaaaaaa", "abababababab", "my jo.bell secret", "Password123 forever", "x" * 201]
    )
    def test_what_is_guessed_first_is_refused(self, password):
        with pytest.raises(rules.WeakPassword):
            rules.check_password(password, "jo.bell")

    def test_a_sentence_will_do(self):
        rules.check_password("eleven grey herons waiting", "jo.bell")


class TestOwnPath:
    @pytest.mark.parametrize(
        ("given", "used"),
        [
            ("/queues?queue=to_code", "/queues?queue=to_code"),
            ("/", "/"),
            (None, "/"),
            ("", "/"),
            ("queues", "/"),
            ("//evil.invalid/x", "/"),
            ("/\\evil.invalid", "/"),
            ("https://evil.invalid", "/"),
            ("/x\r\nSet-Cookie: a=b", "/"),
            ("/a b", "/"),
            ("/api/v1/me", "/"),
            ("/" + "x" * 600, "/"),
        ],
    )
    def test_only_a_page_of_this_site_is_gone_back_to(self, given, used):
        assert rules.own_path(given) == used
