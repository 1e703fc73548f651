"""Progression: evidence is worked out, a person decides, and nothing moves by itself."""

from hypothesis import given
from hypothesis import strategies as st

from codewell.audits.alignment import CodeClass, ErrorType
from codewell.audits.profiles import Progression, shipped
from codewell.audits.tally import Attribution, Audited, Counting, Finding
from codewell.training import rules
from codewell.training.rules import DecisionKind, Evidence, Source
from statements import statements

LOCAL = Progression.model_validate(next(p for p in shipped() if p.kind == "progression").body)


def episode(right, wrong, source=Source.audit):
    """An episode with so many secondary diagnoses right and wrong."""
    good = Finding(CodeClass.secondary_diagnosis, True, True)
    bad = Finding(CodeClass.secondary_diagnosis, True, True, ErrorType.wrong_char_4, Attribution.coder)
    return Evidence(source, Audited([good] * right + [bad] * wrong))


class TestConditions:
    def test_all_right_over_enough_episodes_is_ready(self):
        found = rules.conditions(LOCAL.stages[0], [episode(2, 0)] * 50, Counting())
        assert rules.ready(found)
        assert {c.key: c.met for c in found} == {
            "episodes": True,
            "primary_diagnosis": None,
            "secondary_diagnosis": True,
            "primary_procedure": None,
            "secondary_procedure": None,
        }

    def test_too_few_episodes_are_not(self):
        assert not rules.ready(rules.conditions(LOCAL.stages[0], [episode(2, 0)] * 49, Counting()))

    def test_a_share_over_three_codes_is_neither_met_nor_not(self):
        """Enough episodes, but procedures in three of them; and a stage's own number of codes."""
        procedure = Evidence(Source.audit, Audited([Finding(CodeClass.primary_procedure, True, True)]))
        found = rules.conditions(LOCAL.stages[0], [episode(2, 0)] * 47 + [procedure] * 3, Counting())
        said = {c.key: (c.met, c.verdict, c.too_few) for c in found}
        assert said["primary_procedure"] == (None, None, "too few (3 of 10 codes)")
        assert said["secondary_procedure"] == (None, None, None)
        assert said["secondary_diagnosis"][0] is True
        assert not rules.ready(found)
        own = LOCAL.stages[0].model_copy(update={"over_codes": 3})
        assert rules.ready(rules.conditions(own, [episode(2, 0)] * 47 + [procedure] * 3, Counting()))

    def test_before_there_are_the_episodes_nothing_is_met(self):
        found = rules.conditions(LOCAL.stages[0], [episode(20, 0)] * 3, Counting())
        assert {c.met for c in found} == {False, None}
        assert {c.too_few for c in found} == {"too few (3 of 50 episodes)"}

    def test_just_on_the_threshold_is_met_and_just_under_it_is_not(self):
        enough = [episode(9, 1)] * 50
        assert rules.ready(rules.conditions(LOCAL.stages[0], enough, Counting()))
        assert not rules.ready(rules.conditions(LOCAL.stages[0], [*enough[:-1], episode(8, 2)], Counting()))

    def test_nothing_is_never_ready(self):
        assert not rules.ready(rules.conditions(LOCAL.stages[0], [], Counting()))
        assert not rules.ready(rules.conditions(LOCAL.stages[-1], [episode(1, 0)], Counting()))

    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=60))
    def test_the_interval_holds_the_share(self, found):
        for c in rules.conditions(LOCAL.stages[0], [episode(r, w) for r, w in found], Counting()):
            if c.figure.share is not None:
                assert c.figure.low <= c.figure.share <= c.figure.high

    @given(st.integers(0, 2), st.sampled_from(DecisionKind))
    def test_a_decision_moves_by_one_stage_at_most_and_never_off_the_end(self, at, decision):
        step = {"move_on": 1, "stay": 0, "go_back": -1}[decision]
        if 0 <= at + step < len(LOCAL.stages):
            assert rules.target(LOCAL, at, decision) is LOCAL.stages[at + step]
        else:
            try:
                rules.target(LOCAL, at, decision)
            except rules.NoSuchMove:
                return
            raise AssertionError


class TestTrainee:
    async def url(self, world):
        return f"/api/v1/trainees/{world.people['trainee'].person_id}"

    async def test_begins_in_the_first_stage(self, as_role, world):
        trainer = await as_role("trainer")
        (one,) = (await trainer.get("/api/v1/trainees")).json()["items"]
        assert (one["name"], one["stage"]["key"], one["ready"]) == ("Demo trainee", "all_checked", False)
        assert one["can"] == {"move_on": True, "stay": True, "go_back": "It is the first stage."}

    async def test_however_many_are_in_training_their_list_takes_as_many_statements(
        self, as_role, world, signed, database
    ):
        from codewell.identity import service as identity

        await signed([["DGCS.1"], [], []], by=("trainee",))
        trainer = await as_role("trainer")

        async def listed():
            with statements() as said:
                items = (await trainer.get("/api/v1/trainees")).json()["items"]
            return {i["name"]: i["evidence"]["episodes"] for i in items}, len(said)

        one, few = await listed()
        async with database.transaction() as session:
            for n in range(3):
                await identity.add_person(
                    session, world.system, username=f"trainee_{n}", name=f"Trainee {n}", roles=["trainee"]
                )
        many, as_few = await listed()
        assert one == {"Demo trainee": 3}
        assert many == {"Demo trainee": 3, "Trainee 0": 0, "Trainee 1": 0, "Trainee 2": 0}
        assert as_few == few

    async def test_sees_their_own_and_a_coder_has_none(self, as_role):
        mine = (await (await as_role("trainee")).get("/api/v1/my-progression")).json()
        assert mine["name"] == "Demo trainee"
        assert mine["can"]["move_on"] != True  # noqa: E712
        assert (await (await as_role("coder")).get("/api/v1/my-progression")).status_code == 404

    async def test_nothing_moves_by_itself_whatever_the_evidence(self, as_role, world, signed, database):
        """Fifty episodes without an error: ready, and still where they were until somebody decides."""
        await signed([[]] * 50, by=("trainee",))
        trainer, url = await as_role("trainer"), await self.url(world)
        seen = (await trainer.get(url)).json()
        assert (seen["ready"], seen["evidence"]["from_audits"]) == (True, 50)
        for _ in range(2):
            again = (await trainer.get(url)).json()
            assert (again["stage"]["key"], again["decisions"]) == ("all_checked", [])
        body = {"decision": "move_on", "reason": "Fifty episodes without an error"}
        moved = (await trainer.post(f"{url}/decisions", json=body, headers={"If-Match": "0"})).json()
        assert moved["stage"]["key"] == "half_checked"
        assert (moved["ready"], moved["evidence"]["episodes"]) == (False, 0), (
            "the stage begins with evidence of its own"
        )
        (kept,) = moved["decisions"]
        assert (kept["by_name"], kept["evidence"]["episodes"]) == ("Demo trainer", 50)

    async def test_an_error_of_the_documentation_is_not_held_to_them(
        self, as_role, world, signed, items_of, put_findings, set_state
    ):
        audit_id = await signed([["DGCS.1"]], by=("trainee",))
        trainer, url = await as_role("trainer"), await self.url(world)

        async def share():
            found = (await trainer.get(url)).json()["conditions"]
            return next(c["share"] for c in found if c["key"] == "secondary_diagnosis")

        assert await share() == 0
        await set_state(audit_id, "correcting", 1)
        (item,) = await items_of(audit_id)
        await put_findings(item, ["DGCS.1"], attribution="non_coder")
        await set_state(audit_id, "signed", 2)
        assert await share() == 1

    async def test_staying_and_going_back_are_decisions_with_a_reason(self, as_role, world):
        trainer, url = await as_role("trainer"), f"{await self.url(world)}/decisions"

        async def decide(decision, seen, reason="Said by a person"):
            body = {"decision": decision, "reason": reason}
            return await trainer.post(url, json=body, headers={"If-Match": str(seen)})

        assert (await decide("stay", 0, "")).status_code == 422
        assert (await decide("go_back", 0)).json()["type"] == "/problems/progression-no-such-move"
        assert (await decide("stay", 0)).json()["stage"]["key"] == "all_checked"
        assert (await decide("move_on", 0)).status_code == 412
        assert (await decide("move_on", 1)).json()["stage"]["key"] == "half_checked"
        back = (await decide("go_back", 2)).json()
        assert back["stage"]["key"] == "all_checked"
        assert [d["decision"] for d in back["decisions"]] == ["go_back", "move_on", "stay"]

    async def test_only_who_is_in_training_and_only_by_who_may(self, as_role, world):
        body = {"decision": "move_on", "reason": "Well done"}
        one, url = {"If-Match": "0"}, await self.url(world)
        assert (await (await as_role("auditor")).post(f"{url}/decisions", json=body, headers=one)).status_code == 403
        coder = f"/api/v1/trainees/{world.people['coder'].person_id}/decisions"
        assert (await (await as_role("trainer")).post(coder, json=body, headers=one)).status_code == 404
        assert (await (await as_role("other_manager")).get(url)).status_code == 404
