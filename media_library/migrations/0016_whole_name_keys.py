import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

_BY_NAME = models.Index(
    condition=models.Q(("trashed_at", None), ("version_of", None)),
    fields=["owner", "name_key", "id"],
    include=("status",),
    name="media_file_by_name",
)
_HAVING_LETTERS = django.contrib.postgres.indexes.GinIndex(
    models.F("owner"),
    models.Func(
        models.F("name_key"),
        models.Value(None),
        function="string_to_array",
        output_field=django.contrib.postgres.fields.ArrayField(models.TextField()),
    ),
    name="media_file_letters",
)


class Migration(migrations.Migration):
    """Also of names with many numbers: what is in a name is in its key, and letters are looked for there."""

    dependencies = [
        ("media_library", "0015_short_words"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="mediafile", name="media_file_letters"),
        migrations.RemoveIndex(model_name="mediafile", name="media_file_by_name"),
        migrations.RemoveField(model_name="mediafile", name="name_key"),
        migrations.AddField(
            model_name="mediafile",
            name="name_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.Func(
                        django.db.models.functions.text.Upper("name"),
                        models.Value("(\\d+)"),
                        models.Value("00000000000000\\1"),
                        models.Value("g"),
                        function="regexp_replace",
                    ),
                    models.Value("\\d*(\\d{14})"),
                    models.Value("\\1"),
                    models.Value("g"),
                    function="regexp_replace",
                ),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddIndex(model_name="mediafile", index=_BY_NAME),
        migrations.AddIndex(model_name="mediafile", index=_HAVING_LETTERS),
    ]
