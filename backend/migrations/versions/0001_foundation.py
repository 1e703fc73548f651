"""Roles, the trail, trusts, people, sign-ins, API clients, kept answers."""

from alembic import op

from codewell.migrate import grant_app

revision = "0001_foundation"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("""
    do $$ begin
        if not exists (select 1 from pg_roles where rolname = 'codewell_app') then create role codewell_app nologin; end if;
        if not exists (select 1 from pg_roles where rolname = 'codewell_reader') then create role codewell_reader nologin; end if;
    exception when duplicate_object or unique_violation then null; end $$
    """)
    op.execute("""
    do $$ begin execute format('grant codewell_app, codewell_reader to %I', current_user);
    exception when others then null; end $$
    """)
    op.execute("grant usage on schema public to codewell_app, codewell_reader")
    op.execute("""
    create table trail_line (
        provider text not null, chain smallint not null, no bigint not null,
        at timestamptz not null, actor_kind text not null, actor_id uuid not null, actor_name text not null,
        tag text not null, subject_kind text not null, subject_id text not null, patient_id uuid, version integer,
        facts jsonb not null, request_id text not null, hash bytea not null,
        constraint pk_trail_line primary key (provider, chain, no)
    )
    """)
    op.execute("create index ix_trail_line_at on trail_line (provider, at)")
    op.execute("create index ix_trail_line_actor on trail_line (provider, actor_id, at)")
    op.execute("create index ix_trail_line_subject on trail_line (provider, subject_id, at)")
    op.execute("create index ix_trail_line_patient on trail_line (provider, patient_id, at)")
    op.execute("""
    create table trail_head (
        provider text not null, chain smallint not null, no bigint not null, hash bytea not null,
        constraint pk_trail_head primary key (provider, chain)
    )
    """)
    # One line's hash covers every column and the hash before it; jsonb's own text form is the canonical one.
    op.execute("""
    create function trail_hash(before bytea, l trail_line) returns bytea language sql immutable as $$
        select sha256(before || convert_to(jsonb_build_array(
            l.provider, l.chain, l.no, extract(epoch from l.at), l.actor_kind, l.actor_id, l.actor_name, l.tag,
            l.subject_kind, l.subject_id, l.patient_id, l.version, l.facts, l.request_id)::text, 'UTF8'))
    $$
    """)
    # The application may append only through here: it can neither choose a line's number nor its hash.
    op.execute("""
    create function trail_append(p_provider text, p_chain smallint, p_lines jsonb) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
    declare
        head trail_head; line trail_line; item jsonb;
    begin
        insert into trail_head values (p_provider, p_chain, 0, ''::bytea) on conflict do nothing;
        select * into head from trail_head where provider = p_provider and chain = p_chain for update;
        for item in select value from jsonb_array_elements(p_lines) loop
            line := jsonb_populate_record(null::trail_line, item);
            line.provider := p_provider; line.chain := p_chain;
            head.no := head.no + 1; line.no := head.no;
            head.hash := trail_hash(head.hash, line); line.hash := head.hash;
            insert into trail_line values (line.*);
        end loop;
        update trail_head set no = head.no, hash = head.hash where provider = p_provider and chain = p_chain;
    end $$
    """)
    op.execute("revoke execute on function trail_append from public")
    op.execute("grant execute on function trail_append to codewell_app")
    grant_app("trail_line", "SELECT")
    grant_app("trail_head", "SELECT")

    op.execute("""
    create table trust (
        provider text constraint pk_trust primary key, name text not null, synthetic boolean not null default false,
        created_at timestamptz not null
    )
    """)
    op.execute("""
    create table person (
        provider text not null, person_id uuid not null, username text not null, name text not null,
        roles text[] not null, coder_ref text, password_hash text, oidc_issuer text, oidc_subject text,
        active boolean not null default true,
        version integer not null default 1, created_at timestamptz not null,
        constraint pk_person primary key (provider, person_id),
        constraint uq_person_provider_username unique (provider, username),
        constraint fk_person_provider_trust foreign key (provider) references trust (provider)
    )
    """)
    op.execute("""create unique index uq_person_oidc on person (oidc_issuer, oidc_subject)
                  where oidc_subject is not null""")
    op.execute("""create unique index uq_person_coder_ref on person (provider, coder_ref)
                  where coder_ref is not null""")
    op.execute("""
    create table sign_in (
        provider text not null, sign_in_id uuid not null, token_hash bytea not null, person_id uuid not null,
        method text not null constraint ck_sign_in_method check (method in ('local', 'oidc')),
        browser text not null, created_at timestamptz not null, seen_at timestamptz not null,
        expires_at timestamptz not null, ended_at timestamptz,
        constraint pk_sign_in primary key (provider, sign_in_id),
        constraint uq_sign_in_token_hash unique (token_hash),
        constraint fk_sign_in_provider_person_id_person foreign key (provider, person_id)
            references person (provider, person_id)
    )
    """)
    op.execute("create index ix_sign_in_person on sign_in (provider, person_id)")
    op.execute("""
    create table oidc_state (
        state_hash bytea constraint pk_oidc_state primary key, browser_hash bytea not null, issuer_id text not null,
        nonce text not null, verifier text not null, go_to text not null, expires_at timestamptz not null
    )
    """)
    op.execute("""
    create table oidc_stranger (
        oidc_issuer text not null, oidc_subject text not null, provider text not null, reference text not null,
        expires_at timestamptz not null,
        constraint pk_oidc_stranger primary key (oidc_issuer, oidc_subject),
        constraint uq_oidc_stranger_reference unique (reference)
    )
    """)
    op.execute("""
    create table sign_in_guess (
        name_hash bytea constraint pk_sign_in_guess primary key, failures integer not null, at timestamptz not null,
        wait_until timestamptz
    )
    """)
    op.execute("create index ix_sign_in_guess_at on sign_in_guess (at)")
    op.execute("""
    create table api_client (
        provider text not null, client_id uuid not null, name text not null, scopes text[] not null,
        key_id text not null, secret_hash bytea not null, former_hash bytea, former_until timestamptz,
        expires_at timestamptz, revoked_at timestamptz, last_used_at timestamptz, created_at timestamptz not null,
        version integer not null default 1,
        constraint pk_api_client primary key (provider, client_id),
        constraint uq_api_client_provider_name unique (provider, name),
        constraint uq_api_client_key_id unique (key_id),
        constraint fk_api_client_provider_trust foreign key (provider) references trust (provider)
    )
    """)
    op.execute("""
    create table repeat (
        provider text not null, principal_id uuid not null, operation text not null, key text not null,
        body_hash bytea not null, status integer not null, answer bytea not null, at timestamptz not null,
        constraint pk_repeat primary key (provider, principal_id, operation, key)
    )
    """)
    op.execute("create index ix_repeat_at on repeat (at)")
    tables = ("trust", "person", "sign_in", "oidc_state", "oidc_stranger", "sign_in_guess", "api_client", "repeat")
    for table in tables:
        grant_app(table, "SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    for table in ("repeat", "api_client", "sign_in_guess", "oidc_stranger", "oidc_state", "sign_in", "person", "trust"):
        op.execute(f"drop table {table}")
    op.execute("drop function trail_append")
    op.execute("drop function trail_hash")
    op.execute("drop table trail_head")
    op.execute("drop table trail_line")
