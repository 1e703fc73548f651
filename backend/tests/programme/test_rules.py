"""The days on which a draw is due, financial years, and where plans stand."""

import datetime as dt
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codewell.kit.clock import add_months, financial_year, month_of
from codewell.programme import rules
from codewell.programme.rules import Coverage, Every, PlanState, Schedule

days = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
schedules = st.builds(
    Schedule,
    st.sampled_from(Every),
    st.integers(1, 31),
    days,
    st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2101, 1, 1)),
)


class TestDueDays:
    def test_the_31st_is_the_last_day_of_a_shorter_month(self):
        schedule = Schedule(Every.monthly, 31, dt.date(2027, 1, 1), None)
        found = list(islice(rules.due_days(schedule, after=dt.date(2026, 12, 31)), 4))
        assert [d.isoformat() for d in found] == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]

    def test_a_leap_years_february_has_its_29th(self):
        schedule = Schedule(Every.monthly, 30, dt.date(2028, 2, 1), None)
        assert rules.next_due(schedule, after=dt.date(2028, 1, 31)) == dt.date(2028, 2, 29)

    def test_quarters_count_from_the_month_it_starts_in(self):
        schedule = Schedule(Every.quarterly, 5, dt.date(2026, 4, 1), dt.date(2027, 3, 31))
        found = list(rules.due_days(schedule, after=dt.date(2026, 3, 31)))
        assert [d.isoformat() for d in found] == ["2026-04-05", "2026-07-05", "2026-10-05", "2027-01-05"]

    def test_a_start_after_the_day_waits_for_the_next_month_or_quarter(self):
        start = dt.date(2026, 4, 20)
        assert rules.next_due(Schedule(Every.monthly, 5, start, None), after=start) == dt.date(2026, 5, 5)
        assert rules.next_due(Schedule(Every.quarterly, 5, start, None), after=start) == dt.date(2026, 7, 5)

    @given(schedules, days)
    def test_they_rise_lie_within_the_schedule_and_after_the_day(self, schedule, after):
        found = list(islice(rules.due_days(schedule, after=after), 20))
        assert found == sorted(set(found))
        for day in found:
            assert day > after
            assert day >= schedule.starts_on
            assert schedule.ends_on is None or day <= schedule.ends_on
            last = (add_months(month_of(day), 1) - dt.timedelta(1)).day
            assert day.day == min(schedule.on_day, last)

    @given(schedules, days)
    def test_none_is_left_out_and_none_is_double(self, schedule, after):
        step = 1 if schedule.every is Every.monthly else 3
        found = list(islice(rules.due_days(schedule, after=after), 12))
        for one, other in zip(found, found[1:], strict=False):
            assert add_months(one, step) == month_of(other)

    @given(schedules, days, st.integers(0, 800))
    def test_where_one_looks_from_makes_no_difference(self, schedule, after, later):
        """What a worker that was down finds is what it would have found day by day."""
        until = after + dt.timedelta(later)
        at_once = rules.owed(schedule, counts_from=after + dt.timedelta(1), today=until)
        one_by_one, seen = [], after
        while (day := rules.next_due(schedule, after=seen)) is not None and day <= until:
            one_by_one.append(day)
            seen = day
        assert at_once == one_by_one

    @given(schedules, days)
    def test_a_run_is_too_late_from_the_day_its_successor_is_due(self, schedule, after):
        day = rules.next_due(schedule, after=after)
        following = None if day is None else rules.next_due(schedule, after=day)
        if day is None or following is None:
            return
        assert not rules.too_late(schedule, day, following - dt.timedelta(1))
        assert rules.too_late(schedule, day, following)


class TestFinancialYears:
    @given(days)
    def test_every_day_lies_in_its_year_and_in_no_other(self, day):
        year = financial_year(day)
        assert rules.first_of_year(year) <= day <= rules.last_of_year(year)
        assert rules.first_of_year(year).timetuple()[1:3] == (4, 1)
        assert rules.last_of_year(year).timetuple()[1:3] == (3, 31)

    def test_the_turn_of_the_century(self):
        assert rules.first_of_year("2099/00") == dt.date(2099, 4, 1)

    @pytest.mark.parametrize("year", ["2026/28", "2026/26", "2099/01"])
    def test_years_that_do_not_follow_are_none(self, year):
        with pytest.raises(ValueError):
            rules.first_of_year(year)

    @given(days, st.integers(1, 12), st.integers(1, 12))
    def test_a_period_is_whole_months_before_the_run(self, day, months, back):
        first, last = rules.period_before(day, months, back)
        assert first.day == 1
        assert (last + dt.timedelta(1)).day == 1
        assert add_months(first, months) == last + dt.timedelta(1)
        assert add_months(last + dt.timedelta(1), back - 1) == month_of(day)


class TestWherePlansStand:
    @given(st.booleans(), st.lists(st.sampled_from(["setting_up", "running", "signed", "correcting", "abandoned"])))
    def test_by_the_audits_begun_from_them(self, dropped, states):
        living = [s for s in states if s != "abandoned"]
        found = rules.stands(dropped, states)
        if dropped:
            assert found is PlanState.dropped
        elif not living:
            assert found is PlanState.planned
        else:
            assert found is (PlanState.signed if set(living) == {"signed"} else PlanState.started)

    @given(st.sampled_from(PlanState))
    def test_everything_may_be_edited_but_what_was_dropped(self, state):
        can = rules.plan_can(state, may_edit=True, may_set_up=True)
        assert (can["edit"] is True) == (state is not PlanState.dropped)
        assert (can["drop"] is True) == (state is PlanState.planned)
        assert (can["restore"] is True) == (state is PlanState.dropped)
        assert not any(v is True for v in rules.plan_can(state, may_edit=False, may_set_up=False).values())

    @given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
    def test_a_gap_has_episodes_and_neither_audit_nor_plan(self, episodes, audited, planned):
        found = rules.coverage(episodes, audited, planned)
        assert (found is Coverage.gap) == (episodes > 0 and not audited and not planned)
