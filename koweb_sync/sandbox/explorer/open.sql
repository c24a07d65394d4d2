-- No files, no network, no extensions, no Python variables; and nobody can change that once the configuration is locked.
SET GLOBAL temp_directory = '';
SET GLOBAL secret_directory = '';
SET GLOBAL home_directory = '';
SET GLOBAL threads = 1;
SET GLOBAL TimeZone = 'UTC';
SET GLOBAL integer_division = true;
SET GLOBAL default_null_order = 'nulls_last_on_asc_first_on_desc';
SET GLOBAL python_enable_replacements = false;
SET GLOBAL allow_community_extensions = false;
SET GLOBAL autoinstall_known_extensions = false;
SET GLOBAL autoload_known_extensions = false;
SET GLOBAL enable_external_access = false;
-- What DuckDB does not know of PostgreSQL's dialect.
CREATE MACRO octet_length(a) AS strlen(a);
CREATE MACRO regexp_full_match(a, b) AS regexp_matches(a, b);
CREATE MACRO "~*"(a, b) AS regexp_matches(a, b, 'i');
CREATE MACRO "!~*"(a, b) AS NOT regexp_matches(a, b, 'i');
