from django.db import migrations

# Triggers lock the table for those who write, from the first one on until the migration is committed:
# so no file comes between them and what is counted of the files that are there.
_SPACE = """
    CREATE TABLE media_library_space (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner uuid NOT NULL,
        bytes bigint NOT NULL
    );
    CREATE INDEX media_library_space_of_owner ON media_library_space (owner) INCLUDE (bytes);
    CREATE FUNCTION media_library_space_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO media_library_space (owner, bytes)
            SELECT owner_id, TG_ARGV[0]::int * sum(size) FROM changed
            GROUP BY owner_id HAVING sum(size) <> 0;
        RETURN NULL;
    END $$;
    CREATE FUNCTION media_library_space_differs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO media_library_space (owner, bytes)
            SELECT owner, sum(bytes)
            FROM (VALUES (OLD.owner_id, -OLD.size), (NEW.owner_id, NEW.size)) AS entry (owner, bytes)
            GROUP BY owner HAVING sum(bytes) <> 0;
        RETURN NULL;
    END $$;
    CREATE FUNCTION media_library_space_none() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM media_library_space;
        RETURN NULL;
    END $$;
    CREATE TRIGGER space_taken AFTER INSERT ON media_library_mediafile
        REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION media_library_space_changed('1');
    CREATE TRIGGER space_given_back AFTER DELETE ON media_library_mediafile
        REFERENCING OLD TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION media_library_space_changed('-1');
    CREATE TRIGGER space_differs AFTER UPDATE OF size, owner_id ON media_library_mediafile
        FOR EACH ROW WHEN (OLD.size IS DISTINCT FROM NEW.size OR OLD.owner_id IS DISTINCT FROM NEW.owner_id)
        EXECUTE FUNCTION media_library_space_differs();
    CREATE TRIGGER space_is_free AFTER TRUNCATE ON media_library_mediafile
        FOR EACH STATEMENT EXECUTE FUNCTION media_library_space_none();
    INSERT INTO media_library_space (owner, bytes)
        SELECT owner_id, sum(size) FROM media_library_mediafile
        GROUP BY owner_id HAVING sum(size) <> 0;
"""
_BACK = """
    DROP TRIGGER space_taken ON media_library_mediafile;
    DROP TRIGGER space_given_back ON media_library_mediafile;
    DROP TRIGGER space_differs ON media_library_mediafile;
    DROP TRIGGER space_is_free ON media_library_mediafile;
    DROP FUNCTION media_library_space_changed();
    DROP FUNCTION media_library_space_differs();
    DROP FUNCTION media_library_space_none();
    DROP TABLE media_library_space;
"""


class Migration(migrations.Migration):
    """A ledger of the space that files take: see `media_library.space`.

    By the id of the person alone, who may be gone: a reference would make a person who goes and an entry that
    is folded wait for each other, or the entry keep the person.
    """

    dependencies = [
        ("media_library", "0011_only_sound"),
    ]

    operations = [
        # First, for it takes the strongest lock: one that grows may meet somebody who waits for it.
        migrations.RemoveIndex(
            model_name="mediafile",
            name="media_file_space",
        ),
        migrations.RunSQL(_SPACE, _BACK),
    ]
