-- The two database roles and the database of the portal (docs/adr/0003), by a superuser; may be run again:
--   PORTAL_OWNER_PASSWORD=… PORTAL_APP_PASSWORD=… psql -v ON_ERROR_STOP=1 -f deploy/roles.sql postgres
-- Without the two passwords the roles get none (the embedded server listens on a private socket only).
\getenv owner_password PORTAL_OWNER_PASSWORD
\getenv app_password PORTAL_APP_PASSWORD

SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['portal_owner', 'portal_app']) AS name
    WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec
-- The owner migrates; row-level security binds it too (FORCE).
ALTER ROLE portal_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
-- The application works as this role. It owns nothing, so it can neither change a policy nor switch one off.
ALTER ROLE portal_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
\if :{?owner_password}
ALTER ROLE portal_owner PASSWORD :'owner_password';
\endif
\if :{?app_password}
ALTER ROLE portal_app PASSWORD :'app_password';
\endif

SELECT 'CREATE DATABASE portal OWNER portal_owner TEMPLATE template0 ENCODING ''UTF8'''
       ' LOCALE_PROVIDER builtin BUILTIN_LOCALE ''C.UTF-8'' LOCALE ''C'''
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'portal')
\gexec
REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT ON DATABASE portal TO portal_app;
\connect portal
\ir database.sql
