"""Patients, spells, finished consultant episodes in monthly partitions, their documents, the SUS timetable."""

from alembic import op

from codewell.migrate import grant_app

revision = "0003_episodes"
down_revision = "0002_codesets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    # The order key of a message is (source_at, source_message_id, digest); message ids compare by bytes everywhere.
    op.execute("""
    create table patient (
        provider text not null, patient_id uuid not null, local_patient_id text not null,
        nhs_number text, nhs_number_status text, birth_on date, sex text,
        source_at timestamptz not null, source_message_id text collate "C" not null, digest uuid not null,
        content_digest uuid not null,
        constraint pk_patient primary key (provider, patient_id),
        constraint uq_patient_provider_local_patient_id unique (provider, local_patient_id),
        constraint ck_patient_nhs_number check (nhs_number ~ '^[0-9]{10}$')
    )
    """)
    op.execute("create index ix_patient_nhs_number on patient (provider, nhs_number) where nhs_number is not null")
    op.execute("""
    create table spell (
        provider text not null, spell_number text not null, patient_id uuid not null,
        admitted_on date, admission_method text, admission_source text, patient_class text, admin_category text,
        intended_management text, discharged_on date, discharge_method text, discharge_destination text,
        source_at timestamptz not null, source_message_id text collate "C" not null, digest uuid not null,
        content_digest uuid not null,
        constraint pk_spell primary key (provider, spell_number)
    )
    """)
    op.execute("create index ix_spell_patient on spell (provider, patient_id)")
    op.execute("""
    create table episode_key (
        provider text not null, spell_number text not null, episode_number smallint not null,
        episode_id uuid not null, ended_on date,
        source_at timestamptz not null, source_message_id text collate "C" not null, digest uuid not null,
        attrs_digest uuid not null, deleted boolean not null,
        codes_source_at timestamptz, codes_message_id text collate "C", codes_key_digest uuid, codes_digest uuid,
        person_id uuid, person_codes_digest uuid, person_basis text[], person_state text, person_version integer,
        person_coded_at timestamptz,
        constraint pk_episode_key primary key (provider, spell_number, episode_number),
        constraint uq_episode_key_provider_episode_id unique (provider, episode_id),
        constraint ck_episode_key_person_state check (person_state in ('final', 'for_second_check', 'returned'))
    )
    """)
    op.execute("""
    create table episode (
        provider text not null, ended_on date not null, episode_id uuid not null,
        spell_number text not null, episode_number smallint not null, last_episode boolean, started_on date not null,
        consultant_code text, main_specialty_code text, treatment_function_code text, site_code text, ward_code text,
        neonatal_level_code text, operation_status_code text,
        diagnoses text[] not null, procedures text[] not null, procedure_dates date[] not null,
        n_diagnoses smallint not null generated always as (cardinality(diagnoses)) stored,
        n_procedures smallint not null generated always as (cardinality(procedures)) stored,
        coding_state text not null, coding_version integer not null, coded_at timestamptz, coder_id uuid,
        coder_ref text, coding_source text, discharged_on date, basis text[] not null, coded_basis text[],
        deleted boolean not null,
        constraint pk_episode primary key (provider, ended_on, episode_id),
        constraint ck_episode_coding_state
            check (coding_state in ('uncoded', 'second_check', 'coded', 'changed_after_coding')),
        constraint ck_episode_coding_source check (coding_source in ('codewell', 'encoder', 'pas', 'audit', 'query')),
        constraint ck_episode_dated_procedures check (cardinality(procedures) = cardinality(procedure_dates))
    ) partition by range (ended_on)
    """)
    op.execute(
        "create index ix_episode_open on episode (provider, coding_state, ended_on, episode_id) where coding_state <> 'coded'"
    )
    op.execute("create index ix_episode_specialty on episode (provider, main_specialty_code, ended_on, episode_id)")
    op.execute(
        "create index ix_episode_coder on episode (provider, coder_id, ended_on, episode_id) where coder_id is not null"
    )
    op.execute("create table episode_pdefault partition of episode default")
    # Partitions belong to the migrating role: the application may ask for a month, but never alters a table.
    op.execute("""
    create function ensure_episode_partitions(p_from date, p_to date) returns integer
    language plpgsql security definer set search_path = public, pg_temp as $$
    declare
        month date := date_trunc('month', p_from)::date; part text; made integer := 0; columns text;
    begin
        if p_to > p_from + interval '40 years' then
            raise exception 'at most 40 years of partitions at a time';
        end if;
        perform pg_advisory_xact_lock(748232);
        select string_agg(quote_ident(attname), ', ' order by attnum) into columns from pg_attribute
            where attrelid = 'episode'::regclass and attnum > 0 and not attisdropped and attgenerated = '';
        while month <= p_to loop
            part := 'episode_p' || to_char(month, 'YYYY_MM');
            if to_regclass('public.' || part) is null then
                if exists (select from episode_pdefault where ended_on >= month and ended_on < month + interval '1 month') then
                    -- A default partition that holds rows of the month would refuse it: lift them out and put them back.
                    create temp table lifted on commit drop as select * from episode_pdefault
                        where ended_on >= month and ended_on < month + interval '1 month';
                    delete from episode_pdefault where ended_on >= month and ended_on < month + interval '1 month';
                end if;
                execute format('create table public.%I partition of episode for values from (%L) to (%L)',
                               part, month, (month + interval '1 month')::date);
                if to_regclass('pg_temp.lifted') is not null then
                    execute format('insert into episode (%s) select %s from lifted', columns, columns);
                    drop table lifted;
                end if;
                made := made + 1;
            end if;
            month := (month + interval '1 month')::date;
        end loop;
        return made;
    end $$
    """)
    op.execute("revoke execute on function ensure_episode_partitions from public")
    op.execute("grant execute on function ensure_episode_partitions to codewell_app")
    op.execute("""select ensure_episode_partitions((current_date - interval '11 years')::date,
                                                   (current_date + interval '15 months')::date)""")
    op.execute("""
    create table document (
        provider text not null, spell_number text not null, episode_number smallint not null, document_ref text not null,
        kind text not null, title text not null, dated_on date, expected_on date, arrived_at timestamptz,
        url text, body text, source_at timestamptz not null, source_message_id text collate "C" not null,
        digest uuid not null,
        constraint pk_document primary key (provider, spell_number, episode_number, document_ref),
        constraint ck_document_url check (url like 'https://%')
    )
    """)
    op.execute("""
    create table sus_timetable (
        financial_year text not null, activity_month date not null, phase text not null, inclusion_on date not null,
        publication_on date, provisional boolean not null, source text not null,
        constraint pk_sus_timetable primary key (activity_month, phase),
        constraint ck_sus_timetable_phase check (phase in ('flex', 'freeze', 'annual_refresh')),
        constraint ck_sus_timetable_month check (extract(day from activity_month) = 1)
    )
    """)
    for table in ("patient", "spell", "episode_key", "episode", "document", "sus_timetable"):
        grant_app(table, "SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    op.execute("drop table sus_timetable")
    op.execute("drop table document")
    op.execute("drop function ensure_episode_partitions")
    op.execute("drop table episode")
    op.execute("drop table episode_key")
    op.execute("drop table spell")
    op.execute("drop table patient")
