"""On PostgreSQL the ledger's words are found by an index of trigrams, where the extension is there
or may be created. Without it the search works all the same, and reads the ledger."""

from django.db import migrations

INDEX = "disbursement_words"
EXTENSION = """
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'pg_trgm cannot be created here: searching reads the ledger';
END $$"""
CREATE = f"""
CREATE INDEX IF NOT EXISTS {INDEX} ON disbursements_disbursement
USING gin (search_key gin_trgm_ops)"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(EXTENSION)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone():
            cursor.execute(CREATE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("disbursements", "0016_known_at_a_moment")]

    operations = [migrations.RunPython(create, drop)]
