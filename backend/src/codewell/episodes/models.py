"""Tables of patients, spells, episodes and their documents; provider is the first word of every key of Trust data."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlmodel import Field, SQLModel


class Patient(SQLModel, table=True):
    """A patient of one Trust, known by the local id; newest message naming them wins. Never merged on NHS number."""

    __tablename__ = "patient"
    __table_args__ = (
        UniqueConstraint("provider", "local_patient_id", name="uq_patient_provider_local_patient_id"),
        # Most ids are as they are looked for, and are found by the key above.
        Index(
            "ix_patient_local_id_as_typed", "provider", text("upper(replace(local_patient_id, ' ', ''))"),
            postgresql_where=text("local_patient_id <> upper(replace(local_patient_id, ' ', ''))"),
        ),
        Index(
            "ix_patient_nhs_number", "provider", "nhs_number", postgresql_where=text("nhs_number is not null")
        ),
        CheckConstraint("nhs_number ~ '^[0-9]{10}$'", name="nhs_number"),
    )  # fmt: skip

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    patient_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    local_patient_id: str = Field(sa_column=Column(Text, nullable=False))
    nhs_number: str | None = Field(sa_column=Column(Text))
    nhs_number_status: str | None = Field(sa_column=Column(Text))
    birth_on: dt.date | None = Field(sa_column=Column(Date))
    sex: str | None = Field(sa_column=Column(Text))
    source_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    source_message_id: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    digest: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    content_digest: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))


class Spell(SQLModel, table=True):
    """A hospital provider spell: what is the same for all its episodes lives here once."""

    __tablename__ = "spell"
    __table_args__ = (Index("ix_spell_patient", "provider", "patient_id"),)

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    spell_number: str = Field(sa_column=Column(Text, primary_key=True))
    patient_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    admitted_on: dt.date | None = Field(sa_column=Column(Date))
    admission_method: str | None = Field(sa_column=Column(Text))
    admission_source: str | None = Field(sa_column=Column(Text))
    patient_class: str | None = Field(sa_column=Column(Text))
    admin_category: str | None = Field(sa_column=Column(Text))
    intended_management: str | None = Field(sa_column=Column(Text))
    discharged_on: dt.date | None = Field(sa_column=Column(Date))
    discharge_method: str | None = Field(sa_column=Column(Text))
    discharge_destination: str | None = Field(sa_column=Column(Text))
    source_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    source_message_id: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    digest: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    content_digest: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))


class EpisodeKey(SQLModel, table=True):
    """One row per (spell number, episode number) ever named: its id, where its row lies, and the fold's registers.

    ``source_*`` and ``digest`` are the newest message of any kind, ``codes_*`` the newest that carried codes (a
    submission in Codewell counts), ``person_*`` the newest submission made here. ``ended_on`` is null for a tombstone
    whose episode was never seen.
    """

    __tablename__ = "episode_key"
    __table_args__ = (
        UniqueConstraint("provider", "episode_id", name="uq_episode_key_provider_episode_id"),
        CheckConstraint("person_state in ('final', 'for_second_check', 'returned')", name="person_state"),
    )

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    spell_number: str = Field(sa_column=Column(Text, primary_key=True))
    episode_number: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    episode_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    ended_on: dt.date | None = Field(sa_column=Column(Date))
    source_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    source_message_id: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    digest: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    attrs_digest: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    deleted: bool = Field(sa_column=Column(Boolean, nullable=False))
    codes_source_at: dt.datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    codes_message_id: str | None = Field(sa_column=Column(Text(collation="C")))
    codes_key_digest: UUID | None = Field(sa_column=Column(PgUUID(as_uuid=True)))
    codes_digest: UUID | None = Field(sa_column=Column(PgUUID(as_uuid=True)))
    person_id: UUID | None = Field(sa_column=Column(PgUUID(as_uuid=True)))
    person_codes_digest: UUID | None = Field(sa_column=Column(PgUUID(as_uuid=True)))
    person_basis: list[str | None] | None = Field(sa_column=Column(ARRAY(Text)))
    person_state: str | None = Field(sa_column=Column(Text))
    person_version: int | None = Field(sa_column=Column(Integer))
    person_coded_at: dt.datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class CodesSeen(SQLModel, table=True):
    """The facts with which one coding of an episode first came: those of the earliest message that brought it.

    A coding is told by its codes and by when the sender says it was made (``-infinity``: the sender does not say). An
    episode has rows only once a second message with codes came, or a person coded over the first; until then
    the first message's facts are those of ``episode.coded_basis`` or, failing that, ``episode.basis``.
    """

    __tablename__ = "codes_seen"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    spell_number: str = Field(sa_column=Column(Text, primary_key=True))
    episode_number: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    codes_digest: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    coded_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    source_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    source_message_id: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    digest: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))
    basis: list[str | None] = Field(sa_column=Column(ARRAY(Text), nullable=False))


class Episode(SQLModel, table=True):
    """A finished consultant episode with a copy of its current codes; partitioned by month of ``ended_on``.

    ``basis`` holds the significant facts now (rules.BASIS); ``coded_basis`` those the codes were made on, only when
    they differ.
    """

    __tablename__ = "episode"
    __table_args__ = (
        Index(
            "ix_episode_open", "provider", "coding_state", "ended_on", "episode_id",
            postgresql_where=text("coding_state <> 'coded'"),
        ),
        Index("ix_episode_specialty", "provider", "main_specialty_code", "ended_on", "episode_id"),
        Index(
            "ix_episode_coder", "provider", "coder_id", "ended_on", "episode_id",
            postgresql_where=text("coder_id is not null"),
        ),
        CheckConstraint(
            "coding_state in ('uncoded', 'second_check', 'coded', 'changed_after_coding')", name="coding_state"
        ),
        CheckConstraint("coding_source in ('codewell', 'encoder', 'pas', 'audit', 'query')", name="coding_source"),
        CheckConstraint("cardinality(procedures) = cardinality(procedure_dates)", name="dated_procedures"),
        {"postgresql_partition_by": "range (ended_on)"},
    )  # fmt: skip

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    ended_on: dt.date = Field(sa_column=Column(Date, primary_key=True))
    episode_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    spell_number: str = Field(sa_column=Column(Text, nullable=False))
    episode_number: int = Field(sa_column=Column(SmallInteger, nullable=False))
    last_episode: bool | None = Field(sa_column=Column(Boolean))
    started_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    consultant_code: str | None = Field(sa_column=Column(Text))
    main_specialty_code: str | None = Field(sa_column=Column(Text))
    treatment_function_code: str | None = Field(sa_column=Column(Text))
    site_code: str | None = Field(sa_column=Column(Text))
    ward_code: str | None = Field(sa_column=Column(Text))
    neonatal_level_code: str | None = Field(sa_column=Column(Text))
    operation_status_code: str | None = Field(sa_column=Column(Text))
    diagnoses: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    procedures: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    procedure_dates: list[dt.date | None] = Field(sa_column=Column(ARRAY(Date), nullable=False))
    n_diagnoses: int = Field(
        sa_column=Column(SmallInteger, Computed("cardinality(diagnoses)", persisted=True), nullable=False)
    )
    n_procedures: int = Field(
        sa_column=Column(SmallInteger, Computed("cardinality(procedures)", persisted=True), nullable=False)
    )
    coding_state: str = Field(sa_column=Column(Text, nullable=False))
    coding_version: int = Field(sa_column=Column(Integer, nullable=False))
    coded_at: dt.datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    coder_id: UUID | None = Field(sa_column=Column(PgUUID(as_uuid=True)))
    coder_ref: str | None = Field(sa_column=Column(Text))
    coding_source: str | None = Field(sa_column=Column(Text))
    discharged_on: dt.date | None = Field(sa_column=Column(Date))
    basis: list[str | None] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    coded_basis: list[str | None] | None = Field(sa_column=Column(ARRAY(Text)))
    deleted: bool = Field(sa_column=Column(Boolean, nullable=False))


class Document(SQLModel, table=True):
    """A document of an episode, expected or arrived; it may come before the episode it belongs to."""

    __tablename__ = "document"
    __table_args__ = (CheckConstraint("url like 'https://%'", name="url"),)

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    spell_number: str = Field(sa_column=Column(Text, primary_key=True))
    episode_number: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    document_ref: str = Field(sa_column=Column(Text, primary_key=True))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    dated_on: dt.date | None = Field(sa_column=Column(Date))
    expected_on: dt.date | None = Field(sa_column=Column(Date))
    arrived_at: dt.datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    received_at: dt.datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    """When Codewell was told that it has arrived; null where that was with its new episode, before anybody coded it."""
    url: str | None = Field(sa_column=Column(Text))
    body: str | None = Field(sa_column=Column(Text))
    source_at: dt.datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    source_message_id: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    digest: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), nullable=False))


class EpisodeBlind(SQLModel, table=True):
    """A person from whom an episode's codes are hidden until they have coded it blind for an audit."""

    __tablename__ = "episode_blind"

    provider: str = Field(sa_column=Column(Text, primary_key=True))
    person_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    episode_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))
    because_id: UUID = Field(sa_column=Column(PgUUID(as_uuid=True), primary_key=True))


class SusTimetable(SQLModel, table=True):
    """One date of the SUS+ submission timetable, national and the same for every Trust."""

    __tablename__ = "sus_timetable"
    __table_args__ = (
        CheckConstraint("phase in ('flex', 'freeze', 'annual_refresh')", name="phase"),
        CheckConstraint("extract(day from activity_month) = 1", name="month"),
    )

    financial_year: str = Field(sa_column=Column(Text, nullable=False))
    activity_month: dt.date = Field(sa_column=Column(Date, primary_key=True))
    phase: str = Field(sa_column=Column(Text, primary_key=True))
    inclusion_on: dt.date = Field(sa_column=Column(Date, nullable=False))
    publication_on: dt.date | None = Field(sa_column=Column(Date))
    provisional: bool = Field(sa_column=Column(Boolean, nullable=False))
    source: str = Field(sa_column=Column(Text, nullable=False))
