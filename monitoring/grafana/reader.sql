-- The login of Grafana: it may read, and nothing else. Any number of times.
\getenv password READER_PASSWORD
SELECT 'CREATE ROLE footfall_reader LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'footfall_reader') \gexec
ALTER ROLE footfall_reader PASSWORD :'password' CONNECTION LIMIT 20;
ALTER ROLE footfall_reader SET statement_timeout = '30s';
GRANT pg_read_all_data TO footfall_reader;
