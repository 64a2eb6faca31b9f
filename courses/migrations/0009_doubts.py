from django.db import migrations

_DOUBTS = """
    CREATE FUNCTION courses_doubt_chapter() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO media_library_doubt (media)
            SELECT DISTINCT media_id FROM courses_video
            WHERE chapter_id = NEW.id AND removed_at IS NULL;
        RETURN NULL;
    END $$;
    CREATE TRIGGER videos_came AFTER INSERT ON courses_video
        REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION media_library_doubt_changed();
    CREATE TRIGGER videos_went AFTER DELETE ON courses_video
        REFERENCING OLD TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION media_library_doubt_changed();
    CREATE TRIGGER video_uses_another_file AFTER UPDATE OF media_id, chapter_id, removed_at ON courses_video
        FOR EACH ROW WHEN (
            OLD.media_id IS DISTINCT FROM NEW.media_id OR OLD.chapter_id IS DISTINCT FROM NEW.chapter_id
            OR OLD.removed_at IS DISTINCT FROM NEW.removed_at)
        EXECUTE FUNCTION media_library_doubt_both();
    CREATE TRIGGER chapter_came_or_went AFTER UPDATE OF removed_at ON courses_chapter
        FOR EACH ROW WHEN (OLD.removed_at IS DISTINCT FROM NEW.removed_at)
        EXECUTE FUNCTION courses_doubt_chapter();
    INSERT INTO media_library_doubt (media)
        SELECT media_id FROM courses_video WHERE removed_at IS NULL
        UNION SELECT id FROM media_library_mediafile WHERE is_used;
"""
_BACK = """
    DROP TRIGGER videos_came ON courses_video;
    DROP TRIGGER videos_went ON courses_video;
    DROP TRIGGER video_uses_another_file ON courses_video;
    DROP TRIGGER chapter_came_or_went ON courses_chapter;
    DROP FUNCTION courses_doubt_chapter();
"""


class Migration(migrations.Migration):
    """The library doubts whether a file is used when a video or its chapter comes, goes or changes."""

    dependencies = [
        ("courses", "0008_head_revision"),
        ("media_library", "0008_marks"),
    ]

    operations = [migrations.RunSQL(_DOUBTS, _BACK)]
