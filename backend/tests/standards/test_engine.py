"""The engine over random cases: it never fails, never contradicts itself, and says what it says for a reason."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codewell.standards.rules import BadRule, Case, Edit, Facts, LineRef, Severity, apply, check_case, read_rules
from codewell.standards.rules.case import RANK
from codewell.standards.rules.codes import CodeSet
from codewell.standards.rules.facts import FactTest
from codewell.standards.rules.rule import fill
from standards.book import BOOKS, Edition, SmallBook, SmallBooks
from standards.examples import DATA, ON

ALL = tuple(replace(rule, enabled=True) for rule in read_rules(DATA))
SHIPPED = read_rules(DATA)
BY_ID = {rule.rule_id: rule for rule in SHIPPED}

# Codes that the rules themselves speak of, so that random cases meet them, and rubbish between them.
SEEN_DX = sorted({c for d in DATA for kind in d["examples"].values() for e in kind for c in e.get("dx", "").split()})
SEEN_PX = sorted(
    {c.split("@")[0] for d in DATA for kind in d["examples"].values() for e in kind for c in e.get("px", "").split()}
)
rubbish = st.text(max_size=8)
days = st.dates(dt.date(2026, 10, 1), dt.date(2026, 12, 31))
dx = st.one_of(st.sampled_from(SEEN_DX), st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?", fullmatch=True), rubbish)
px = st.one_of(st.sampled_from(SEEN_PX), st.from_regex(r"[A-HJ-Z][0-9]{2}\.[0-9]", fullmatch=True), rubbish)
maybe = st.none() | st.sampled_from(
    ["1", "2", "4", "5", "8", "9", "11", "21", "79", "82", "100", "420", "501", "X", ""]
)
facts = st.builds(
    Facts,
    started_on=st.none() | days,
    ended_on=st.none() | days,
    admitted_on=st.none() | days,
    discharged_on=st.none() | days,
    died_on=st.none() | days,
    sex=maybe,
    age=st.none() | st.integers(0, 120),
    age_days=st.none() | st.integers(0, 40_000),
    patient_class=maybe,
    admission_method=maybe,
    discharge_method=maybe,
    discharge_destination=maybe,
    operation_status=maybe,
    main_specialty=maybe,
    treatment_function=maybe,
    neonatal_level=maybe,
    last_episode=st.none() | st.booleans(),
    episodes_in_spell=st.none() | st.integers(1, 5),
)
cases = st.builds(
    Case,
    facts,
    st.lists(dx, max_size=25),
    st.lists(st.tuples(px, st.none() | days), max_size=25),
)
thorough = settings(max_examples=300)


def run(case: Case, rules=ALL, books=BOOKS):
    return check_case(case, rules, books, ON)


class TestAnyCase:
    @thorough
    @given(cases)
    def test_it_answers_and_every_line_is_one_of_the_case(self, case):
        for finding in run(case):
            for line in finding.lines:
                assert 0 <= line.index < len(getattr(case, line.list))
            assert finding.message
            assert finding.title
            assert "{" not in fill(BY_ID[finding.rule_id].message, {})

    @thorough
    @given(cases)
    def test_it_says_the_same_twice_and_each_thing_once(self, case):
        first = run(case)
        assert run(case) == first
        identities = [f.identity for f in first]
        assert len(set(identities)) == len(identities)

    @thorough
    @given(cases)
    def test_errors_come_first_then_warnings_then_information(self, case):
        ranks = [RANK[f.severity] for f in run(case)]
        assert ranks == sorted(ranks)

    @thorough
    @given(cases)
    def test_blank_lines_at_the_end_change_nothing(self, case):
        more = Case(case.facts, [*case.diagnoses, "", " "], [*case.procedures, ("", None)])
        assert run(more) == run(case)

    @thorough
    @given(cases)
    def test_dots_case_and_blanks_change_nothing(self, case):
        def loose(code: str) -> str:
            return f" {code.lower()} " if code.isascii() else code

        spelt = Case(case.facts, [loose(c) for c in case.diagnoses], [(loose(c), on) for c, on in case.procedures])
        assert run(spelt) == run(case)

    @thorough
    @given(cases, st.lists(st.sampled_from(["I10", "E119", "J189", "K219"]), max_size=4))
    def test_a_code_that_does_not_exist_stays_an_error_whatever_is_added_after_it(self, case, added):
        rules = [BY_ID["V-02"], BY_ID["V-06"]]
        before = [f for f in run(case, rules) if f.rule_id == "V-02"]
        more = Case(case.facts, [*case.diagnoses, *added], case.procedures)
        after = [f for f in run(more, rules) if f.rule_id == "V-02"]
        assert [f for f in before if f not in after] == []

    @thorough
    @given(cases, st.randoms(use_true_random=False))
    def test_rules_about_company_alone_do_not_mind_the_order(self, case, random):
        """Whether such a rule speaks is a matter of the set of codes; which line it names may differ."""
        order_free = [
            "E-02",
            "E-03",
            "E-07",
            "E-08",
            "E-10",
            "N-01",
            "N-03",
            "C-01",
            "C-03",
            "I-01",
            "I-10",
            "O-10",
            "V-01",
        ]
        rules = [replace(BY_ID[i], gives_way_to=()) for i in order_free]
        mixed = list(case.diagnoses)
        random.shuffle(mixed)
        shuffled = Case(case.facts, mixed, case.procedures)
        assert {f.rule_id for f in run(shuffled, rules)} == {f.rule_id for f in run(case, rules)}

    @thorough
    @given(cases)
    def test_unknown_facts_make_no_noise(self, case):
        """With no fact known, a rule speaks only of codes: every finding is also there when the facts are known."""
        bare = Case(Facts(), case.diagnoses, case.procedures)
        needs_facts = {r.rule_id for r in SHIPPED if all(c.where is not None for c in r.clauses)} | {
            "X-01",
            "X-02",
            "X-04",
            "A-03",
            "A-04",
            "A-05",
            "P-18",
            "P-19",
            "V-11",
            "E-14",
            "S-06",
            "X-08",
        }
        assert [f for f in run(bare) if f.rule_id in needs_facts] == []


class TestWords:
    @pytest.mark.parametrize(
        ("typed", "shown"),
        [("chest", "“CHEST”"), ("\u202eI10\u0000", "“I10”"), ("x" * 40, "“XXXXXXXXXXX…”"), ("\ud800I", "“I”")],
    )
    def test_what_is_no_code_is_shown_short_and_harmless(self, typed, shown):
        (found,) = [f for f in run(Case(Facts(), [typed]), SHIPPED) if f.rule_id == "V-05"]
        assert shown in found.message
        found.message.encode()

    def test_a_code_is_shown_with_dot_and_title(self):
        (found,) = [f for f in run(Case(Facts(), ["s7200"]), SHIPPED) if f.rule_id == "E-02"]
        assert found.message.startswith("S72.00 Title of S720 is an injury")


class TestBooks:
    def test_without_an_edition_nothing_is_an_error_of_existence(self):
        nothing = Edition("No edition of ICD-10 is in force on 1 January 1990", in_force=False)
        books = SmallBooks(SmallBook("icd10", nothing), SmallBook("opcs4", nothing))
        found = run(Case(Facts(), ["I10", "I21.4"], [("W37.1", ON)]), SHIPPED, books)
        of_existence = [f for f in found if f.rule_id in {"V-02", "P-01"}]
        assert [(f.rule_id, f.severity) for f in of_existence] == [("P-01", Severity.warn), ("V-02", Severity.warn)]

    def test_a_starter_set_can_only_warn(self):
        books = SmallBooks(SmallBook("icd10"), SmallBook("opcs4", Edition("Starter set", starter=True)))
        (found,) = [f for f in run(Case(Facts(), ["I10"], [("H99.9", ON)]), SHIPPED, books) if f.rule_id == "P-01"]
        assert found.severity is Severity.warn


class TestGivingWay:
    def test_the_weaker_of_two_rules_keeps_silent(self):
        assert [f.rule_id for f in run(Case(Facts(), ["I84.1"]), SHIPPED)] == ["V-06"]

    def test_it_speaks_when_the_stronger_is_switched_off(self):
        rules = [replace(r, enabled=r.rule_id != "V-06") for r in SHIPPED]
        missing = SmallBook("icd10")
        missing.get = lambda code: None if code == "I841" else SmallBook.get(missing, code)  # type: ignore[method-assign]
        assert "V-02" in [f.rule_id for f in run(Case(Facts(), ["I84.1"]), rules, SmallBooks(missing, BOOKS.opcs4))]

    def test_an_error_never_hides_behind_a_milder_rule(self):
        rules = [apply(r, Edit("V-06", 1, 1, severity=Severity.info)) if r.rule_id == "V-06" else r for r in SHIPPED]
        missing = SmallBook("icd10")
        missing.get = lambda code: None if code == "I841" else SmallBook.get(missing, code)  # type: ignore[method-assign]
        found = run(Case(Facts(), ["I84.1"]), rules, SmallBooks(missing, BOOKS.opcs4))
        assert [(f.rule_id, f.severity) for f in found] == [("V-02", Severity.error), ("V-06", Severity.info)]


class TestEdits:
    def test_what_is_stored_cannot_weaken_a_structural_rule(self):
        weak = apply(BY_ID["V-02"], Edit("V-02", 1, 1, enabled=False, severity=Severity.info))
        assert (weak.enabled, weak.severity) == (True, Severity.error)

    def test_a_milder_clause_stays_milder_than_the_rule(self):
        found = run(Case(Facts(), ["T21.2", "X12.0"]), [BY_ID["E-11"]])
        assert [f.severity for f in found] == [Severity.warn]
        milder = apply(BY_ID["E-11"], Edit("E-11", 1, 1, severity=Severity.info))
        assert [f.severity for f in run(Case(Facts(), ["T21.2", "X12.0"]), [milder])] == [Severity.info]

    def test_a_rule_outside_its_days_is_silent(self):
        case = Case(Facts(), ["I84.1"])
        assert check_case(case, [BY_ID["V-06"]], BOOKS, dt.date(2016, 3, 31)) == []
        assert check_case(case, [BY_ID["V-06"]], BOOKS, dt.date(2016, 4, 1)) != []


class TestData:
    @pytest.mark.parametrize(
        "change",
        [
            {"id": "X1"},
            {"severity": "fatal"},
            {"check": "no_such_operator"},
            {"params": {"codes": {"diagnoses": ["B9"]}}},
            {"params": {"codes": {"diagnoses": []}}},
            {"params": {"codes": {"diagnoses": ["B98-B95"]}}},
            {"params": {"codes": {"drugs": ["B95"]}}},
            {"params": {}},
            {"params": {"codes": {"diagnoses": ["B95"]}, "extra": 1}},
            {"params": {"codes": {"diagnoses": ["B95"]}, "where": {"shoe_size": {"min": 4}}}},
            {"params": {"codes": {"diagnoses": ["B95"]}, "where": {"age": {"over": 4}}}},
            {"message": "{secret}"},
            {"message": "{code"},
            {"gives_way_to": ["Z-99"]},
            {"valid_from": "tomorrow"},
            {"colour": "red"},
        ],
    )
    def test_what_does_not_make_a_rule_is_refused(self, change):
        good = next(d for d in DATA if d["id"] == "F-01")
        read_rules([good])
        with pytest.raises(BadRule):
            read_rules([{**good, **change}])

    def test_an_id_is_used_once(self):
        with pytest.raises(BadRule):
            read_rules([DATA[0], DATA[0]])


class TestCodeSets:
    @pytest.mark.parametrize(
        ("tokens", "inside", "outside"),
        [
            (["S00-T78", "!T31-T32"], ["S00", "S729", "S7200", "T301", "T783", "S99"], ["T310", "T32", "T790", "R99"]),
            (["O81.0-O81.3"], ["O810", "O813"], ["O814", "O81", "O80"]),
            (["I21", "I25.2"], ["I21", "I219", "I252"], ["I25", "I251", "I22"]),
            (["V01-Y36"], ["V01", "W010", "X599", "Y369"], ["Y37", "U99", "Z00"]),
        ],
    )
    def test_ranges_read_as_a_coder_reads_them(self, tokens, inside, outside):
        codes = CodeSet(tokens)
        assert [c for c in inside if c not in codes] == []
        assert [c for c in outside if c in codes] == []


class TestFactTests:
    def test_unknown_is_neither_true_nor_false(self):
        test = FactTest.read({"age": {"min": 65}, "sex": {"in": ["2"]}})
        assert test.judge(Facts(age=70, sex="2")) is True
        assert test.judge(Facts(age=70)) is None
        assert test.judge(Facts(age=20)) is False

    def test_days_of_age_are_bounded_by_years(self):
        test = FactTest.read({"days_old": {"min": 29}})
        assert test.judge(Facts(age=3)) is True
        assert test.judge(Facts(age=0)) is None
        assert test.judge(Facts(age=0, age_days=12)) is False


def test_lines_sort_by_list_then_place():
    assert sorted([LineRef("procedures", 0), LineRef("diagnoses", 3), LineRef("diagnoses", 1)])[0].index == 1


class TestFacts:
    def test_what_cannot_be_a_fact_counts_as_not_known(self):
        facts = Facts.of(
            sex="2", age=-1, age_days=99_999, patient_class="", admission_method="2a", discharge_method="4 "
        )
        assert facts == Facts(sex="2")

    def test_what_can_be_one_is_kept(self):
        given = {"sex": "X", "age": 0, "age_days": 0, "admission_method": "2A", "last_episode": False, "ended_on": ON}
        assert Facts.of(**given, main_specialty=None) == Facts(**given)
