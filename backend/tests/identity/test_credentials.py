"""Passwords, keys and tokens: their strength, their form, and that a stored one tells nothing."""

import re
import time

import pytest

from codewell.identity import credentials, throttle
from codewell.identity.rules import TooBusyToCheck
from codewell.kit import clock


class TestPassword:
    async def test_it_is_argon2id_with_64_mib_three_passes_four_lanes(self):
        stored = await credentials.hash_password("a long enough password")
        assert re.match(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$", stored)
        assert "long enough" not in stored

    async def test_the_same_password_is_stored_differently_each_time(self):
        assert await credentials.hash_password("a password") != await credentials.hash_password("a password")

    async def test_only_the_right_one_matches(self):
        stored = await credentials.hash_password("a long enough password")
        assert await credentials.password_matches("a long enough password", stored)
        assert not await credentials.password_matches("a long enough passwore", stored)

    async def test_no_account_takes_as_long_as_a_wrong_password(self):
        stored = await credentials.hash_password("a long enough password")
        credentials.warm_up()

        async def best(stored):
            took = []
            for _ in range(5):
                begun = time.perf_counter()
                assert not await credentials.password_matches("wrong", stored)
                took.append(time.perf_counter() - begun)
            return min(took)

        known, unknown = await best(stored), await best(None)
        assert unknown > 0.005
        assert 0.2 < unknown / known < 5

    async def test_a_crowd_is_turned_away_instead_of_queued(self, monkeypatch):
        monkeypatch.setattr(credentials, "_queued", credentials.LONGEST_QUEUE)
        with pytest.raises(TooBusyToCheck):
            await credentials.password_matches("x", None)

    def test_temporary_passwords_differ_and_pass_our_own_rule(self):
        from codewell.identity.rules import check_password

        made = {credentials.temporary_password() for _ in range(200)}
        assert len(made) == 200
        for password in made:
            assert re.fullmatch(r"([a-z2-9]{5}-){3}[a-z2-9]{5}", password)
            check_password(password, "jo.bell")


class TestKey:
    def test_it_carries_256_random_bits_and_reads_back(self):
        key = credentials.new_key()
        assert re.fullmatch(r"cwk_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", key.text)
        assert credentials.read_key(key.text) == key
        assert len({credentials.new_key().secret for _ in range(500)}) == 500

    @pytest.mark.parametrize("text", ["", "cwk_", "cwk_abc_def", "Bearer x", "cwk_0123456789ab_" + "a" * 42])
    def test_other_shapes_are_not_keys(self, text):
        assert credentials.read_key(text) is None

    def test_what_is_stored_does_not_hold_the_secret(self):
        key = credentials.new_key()
        assert len(credentials.token_hash(key.secret)) == 32
        assert key.secret.encode() not in credentials.token_hash(key.secret)

    def test_comparison_survives_what_cannot_be_encoded(self):
        assert not credentials.same("\ud800", "x")


class TestBackOff:
    def test_waits_double_and_end_at_a_quarter_of_an_hour(self):
        waits = [throttle.wait_after(n).total_seconds() for n in range(20)]
        assert waits[:9] == [0, 0, 0, 0, 0, 2, 4, 8, 16]
        assert max(waits) == 900
        assert waits == sorted(waits)

    def test_guessing_at_keys_is_slowed_per_name_and_forgotten_after_an_hour(self):
        guesses = throttle.Guesses(free=3)
        assert [guesses.wrong("a").total_seconds() for _ in range(4)] == [0, 0, 2, 4]
        assert guesses.wrong("b").total_seconds() == 0
        with clock.frozen(clock.now() + throttle.FORGET_AFTER):
            assert guesses.wrong("a").total_seconds() == 0

    def test_a_right_key_clears_its_names(self):
        guesses = throttle.Guesses(free=1)
        assert guesses.wrong("a")
        guesses.right("a")
        guesses = throttle.Guesses(free=2)
        guesses.wrong("a")
        guesses.right("a")
        assert not guesses.wrong("a")

    def test_it_never_remembers_more_than_it_has_room_for(self):
        guesses = throttle.Guesses(room=10)
        for n in range(100):
            guesses.wrong(str(n))
        assert len(guesses._seen) == 10
