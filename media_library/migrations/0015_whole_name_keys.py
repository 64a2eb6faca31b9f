import django.db.models.functions.text
from django.db import migrations, models

_BY_NAME = models.Index(
    condition=models.Q(("trashed_at", None), ("version_of", None)),
    fields=["owner", "name_key", "id"],
    include=("status",),
    name="media_file_by_name",
)


class Migration(migrations.Migration):
    """Also of names with many numbers: whatever is in a name is in its key."""

    dependencies = [
        ("media_library", "0014_former_captions"),
    ]

    operations = [
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
    ]
