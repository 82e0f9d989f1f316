-- Runs once, when supabase/postgres makes its cluster: the image leaves these two without a password, and its pg_hba.conf asks for one.
\set password `echo "$PGPASSWORD"`
alter user authenticator with password :'password';
alter user supabase_storage_admin with password :'password';
