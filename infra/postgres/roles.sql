-- Who may do what in the database. Run once by a superuser with psql; running it again changes nothing.
--
--   codewell_owner   logs in to migrate, and owns every table. Used by `codewell migrate` and nothing else.
--   codewell         logs in to work. Has no rights of its own and works as codewell_app.
--   codewell_app     what the application may do: no DDL, and on append-only tables (the trail, finished codings)
--                    no UPDATE and no DELETE. Each migration grants it what it needs, table by table.
--   codewell_reader  read-only, for figures and reports; give it to a login of your own: grant codewell_reader to bi;
--
-- Passwords come from CODEWELL_OWNER_PASSWORD and CODEWELL_APP_PASSWORD where those are set; otherwise set them
-- yourself: alter role codewell_owner password '...'. The embedded PostgreSQL of `make run` is set up by this same file.

\set ON_ERROR_STOP on
\getenv owner_password CODEWELL_OWNER_PASSWORD
\getenv app_password CODEWELL_APP_PASSWORD

select format('create role %I %s', name, kind)
from (values ('codewell_owner', 'login'), ('codewell_app', 'nologin'), ('codewell_reader', 'nologin'),
             ('codewell', 'login noinherit')) as wanted (name, kind)
where not exists (select from pg_roles where rolname = name)
\gexec

grant codewell_app to codewell;
grant codewell_app, codewell_reader to codewell_owner;

\if :{?owner_password}
alter role codewell_owner password :'owner_password';
\endif
\if :{?app_password}
alter role codewell password :'app_password';
\endif

select 'create database codewell owner codewell_owner'
where not exists (select from pg_database where datname = 'codewell')
\gexec

revoke all on database codewell from public;
grant connect on database codewell to codewell, codewell_reader;
-- Intake stages each batch in temporary tables that go with its transaction.
grant temporary on database codewell to codewell_app;
