-- The roles of bacula-openstack-sync with the rights it needs and no others. openstack_sync reads, and does for all but
-- CLEANUP_AFTER_DAYS and delete-client. These need openstack_cleanup, which is made only if it is asked for, with
-- -v cleanup=1. DB_USER names the one to use.
--
-- Run it with psql in the catalog's database as the owner of the tables or a superuser, once, and again alike after a new version
-- of Bacula has changed the tables: psql -d bacula -v ON_ERROR_STOP=1 -f roles.sql
-- Then give the role that is used a password, which psql does not store: \password openstack_sync
\if :{?cleanup}
\else
    \set cleanup 0
\endif

BEGIN;

DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'openstack_sync') THEN
        CREATE ROLE openstack_sync LOGIN;
    END IF;
END
$$;

-- The names of a client's jobs, which backups were made and of which VM; the version is told by preflight.
GRANT SELECT (name, clientid) ON client TO openstack_sync;
GRANT SELECT (jobid, name, clientid, type, level, priorjobid, jobstatus, starttime, endtime, realendtime, jobtdate, jobfiles, jobbytes) ON job TO openstack_sync;
GRANT SELECT (jobid, pathid) ON file TO openstack_sync;
GRANT SELECT (pathid, path) ON path TO openstack_sync;
GRANT SELECT ON version TO openstack_sync;
-- For preflight: whether the Pool has, or gets, a volume to write to.
GRANT SELECT (poolid, name, pooltype, labelformat, maxvols, scratchpoolid) ON pool TO openstack_sync;
GRANT SELECT (poolid, volstatus, enabled, recycle, recyclepoolid) ON media TO openstack_sync;

DO $$
BEGIN
    -- Where a file's name stands: in a table of its own until 9.6. An upgrade may leave that table behind.
    IF EXISTS (SELECT 1 FROM pg_catalog.pg_attribute
                WHERE attrelid = to_regclass('file') AND attname = 'filenameid' AND NOT attisdropped) THEN
        GRANT SELECT (filenameid) ON file TO openstack_sync;
        GRANT SELECT (filenameid, name) ON filename TO openstack_sync;
    ELSE
        GRANT SELECT (filename) ON file TO openstack_sync;
    END IF;
END
$$;

\if :cleanup
DO $$
DECLARE
    wanted record;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'openstack_cleanup') THEN
        CREATE ROLE openstack_cleanup LOGIN;
    END IF;
    FOR wanted IN
        SELECT *
          FROM (VALUES
               ('version', 'SELECT'),
               ('storage', 'SELECT'),
               ('pool', 'SELECT'),
               ('snapshot', 'SELECT, UPDATE'),
               -- Rows of these two are locked before they go, which takes UPDATE as well.
               ('job', 'SELECT, UPDATE, DELETE'),
               ('media', 'SELECT, UPDATE, DELETE'),
               ('tagobject', 'SELECT, DELETE'),
               ('file', 'SELECT, DELETE'),
               ('filemedia', 'SELECT, DELETE'),
               ('fileevents', 'SELECT, DELETE'),
               ('metaemail', 'SELECT, DELETE'),
               ('metaattachment', 'SELECT, DELETE'),
               ('path', 'SELECT, DELETE'),
               ('pathhierarchy', 'SELECT, DELETE'),
               ('filename', 'SELECT, DELETE'),
               ('basefiles', 'SELECT, DELETE'),
               ('pathvisibility', 'SELECT, DELETE'),
               ('object', 'SELECT, DELETE'),
               ('jobmedia', 'SELECT, DELETE'),
               ('log', 'SELECT, DELETE'),
               ('restoreobject', 'SELECT, DELETE'),
               ('tagjob', 'SELECT, DELETE'),
               ('unsavedfiles', 'SELECT, DELETE'),
               ('locationlog', 'SELECT, DELETE'),
               ('cdimages', 'SELECT, DELETE'),
               ('tagmedia', 'SELECT, DELETE'),
               ('client', 'SELECT, DELETE'),
               ('tagclient', 'SELECT, DELETE'),
               ('fileset', 'SELECT, DELETE')
          ) AS r (name, rights)
         WHERE to_regclass(r.name) IS NOT NULL
    LOOP
        EXECUTE format('GRANT %s ON %I TO openstack_cleanup', wanted.rights, wanted.name);
    END LOOP;
END
$$;
\endif

COMMIT;
