import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media_library", "0014_former_captions"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="mediafile",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("owner"),
                models.Func(
                    django.db.models.functions.text.Upper("name"),
                    models.Value(None),
                    function="string_to_array",
                    output_field=django.contrib.postgres.fields.ArrayField(models.TextField()),
                ),
                name="media_file_letters",
            ),
        ),
    ]
