from django.db import migrations


class Migration(migrations.Migration):
    """After a table was written anew PostgreSQL knows of no row that all can see it, and reads it even where an
    index has all that is asked for.
    """

    dependencies = [
        ("media_library", "0016_whole_name_keys"),
    ]
    atomic = False

    operations = [
        migrations.RunSQL("VACUUM (ANALYZE) media_library_mediafile", migrations.RunSQL.noop),
    ]
