"""What an external auditor's file may not say."""

from codewell.audits.external import read
from codewell.audits.profiles import Methodology, ProfileKind, shipped

NEUTRAL = Methodology.model_validate(
    next(p.body for p in shipped() if (p.kind, p.key) == (ProfileKind.methodology, "neutral"))
)
HEAD = "spell_number,episode_number,code_class,trust_code,external_code,error_type,attribution\n"


def faults(*rows: str, head: str = HEAD) -> list[tuple[int, str]]:
    return [(f.row, f.reason) for f in read(head + "\n".join(rows) + "\n", NEUTRAL).faults]


def test_the_same_finding_twice_is_a_fault_of_the_second_row():
    row = "SP1,1,SD,,E11.9,omitted,coder"
    assert faults(row) == []
    assert faults(row, row) == [(3, "says again what another row says of the same codes")]
    assert faults(row, "SP1,1,SD,,I10,omitted,coder") == []
    assert faults(row, "SP1,2,SD,,E11.9,omitted,coder") == []


def test_no_error_and_an_error_of_one_episode_contradict_each_other():
    clean, row = "SP1,1,,,,,", "SP1,1,SD,,E11.9,omitted,coder"
    assert [n for n, _ in faults(clean, row)] == [3]
    assert [n for n, _ in faults(row, clean)] == [3]


def test_a_column_that_we_do_not_know_is_told_by_its_place():
    ((row, why),) = faults("SP1,1,SD,,E11.9,omitted,coder,x", head=HEAD.replace("\n", ",secret\n"))
    assert row == 1
    assert "column 8" in why
    assert "secret" not in why
