"""Table of the truth behind synthetic episodes; empty wherever the Trust is a real one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel


class SyntheticTruth(SQLModel, table=True):
    """What one synthetic episode should be coded with; `coder`, `route` and `mistakes` are of its first coding."""

    __tablename__ = "synthetic_truth"
    __table_args__ = (
        CheckConstraint("route in ('codewell', 'encoder', 'pas')", name="route"),
        CheckConstraint("cardinality(procedures) = cardinality(procedure_dates)", name="dated_procedures"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    spell_number: str = Field(sa_column=Column(Text, primary_key=True))
    episode_number: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    scenario: str = Field(sa_column=Column(Text, nullable=False))
    seed: int = Field(sa_column=Column(BigInteger, nullable=False))
    diagnoses: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    procedures: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    procedure_dates: list[dt.date] = Field(sa_column=Column(ARRAY(Date), nullable=False))
    coder: str | None = Field(sa_column=Column(Text))
    route: str | None = Field(sa_column=Column(Text))
    mistakes: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
