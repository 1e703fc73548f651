"""Every shipped rule fires on each of its positive examples and keeps silent on each of its negative ones."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codewell.standards.rules import Severity, check_case, read_rules
from standards.book import BOOKS
from standards.examples import DATA, ON, at, case_of

RULES = {rule.rule_id: rule for rule in read_rules(DATA)}
FIRES = [(d["id"], n, e) for d in DATA for n, e in enumerate(d["examples"]["fires"])]
SILENT = [(d["id"], n, e) for d in DATA for n, e in enumerate(d["examples"]["silent"])]


def found(rule_id: str, example: dict[str, Any]):
    """Findings of a rule on an example, whether or not the rule is switched on as shipped."""
    rules = [replace(rule, enabled=rule.enabled or rule.rule_id == rule_id) for rule in RULES.values()]
    return [f for f in check_case(case_of(example), rules, BOOKS, ON) if f.rule_id == rule_id]


@pytest.mark.parametrize(("rule_id", "n", "example"), FIRES, ids=[f"{i}-{n}" for i, n, _ in FIRES])
def test_it_fires(rule_id, n, example):
    findings = found(rule_id, example)
    assert findings
    finding = findings[0]
    assert finding.severity == example.get("severity", RULES[rule_id].severity)
    if at(example) is not None:
        assert finding.lines[0] == at(example)
    assert "{" not in finding.message + finding.mend
    assert "  " not in finding.message
    assert finding.message[0].isupper()
    assert finding.message.rstrip()[-1] in ".?"


@pytest.mark.parametrize(("rule_id", "n", "example"), SILENT, ids=[f"{i}-{n}" for i, n, _ in SILENT])
def test_it_is_silent(rule_id, n, example):
    assert found(rule_id, example) == []


def test_every_rule_has_examples_of_both_kinds():
    assert [d["id"] for d in DATA if not d["examples"]["fires"] or not d["examples"]["silent"]] == []


def test_a_rule_changes_only_with_its_version():
    """Findings carry a rule's version for ever; ``golden/rules.txt`` says what each version was.

    A change of what a rule does or says needs a higher ``version``; then copy ``rules.txt.new`` over ``rules.txt``.
    """
    golden = Path(__file__).parent / "golden" / "rules.txt"
    known = dict(line.rsplit(" ", 1) for line in golden.read_text(encoding="utf-8").splitlines())
    now = {}
    for data in DATA:
        body = {k: v for k, v in data.items() if k not in {"examples", "note", "version"}}
        mark = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]
        now[f"{data['id']} {data['version']}"] = mark
    changed = [key for key, mark in now.items() if known.get(key, mark) != mark]
    missing = [key for key in now if key not in known]
    if changed or missing:
        lines = sorted(f"{key} {mark}" for key, mark in (known | now).items())
        golden.with_suffix(".txt.new").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert changed == [], "these rules changed without a new version"
    assert missing == [], "these versions are new: look at them, then accept golden/rules.txt.new"


def test_only_the_verified_reference_is_called_verified():
    assert {d["national_ref"] for d in DATA if d["national_ref_verified"]} == {"DGCS.1"}
    for rule in RULES.values():
        if rule.national_ref and not rule.national_ref_verified:
            assert rule.reference.endswith("(not verified)")


def test_silent_examples_of_errors_are_not_blocked_by_the_rule_beside_them():
    """A negative example of one rule may break another, but the structural rules agree that its codes are sound."""
    for rule_id, _, example in SILENT:
        structural = [r for r in RULES.values() if r.structural and r.rule_id not in {"V-01", "V-08"}]
        bad = [f for f in check_case(case_of(example), structural, BOOKS, ON) if f.severity is Severity.error]
        assert bad == [], rule_id
