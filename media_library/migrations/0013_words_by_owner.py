import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media_library", "0012_space"),
    ]

    operations = [
        BtreeGinExtension(),
        migrations.RemoveIndex(
            model_name="mediafile",
            name="media_file_words",
        ),
        migrations.AddIndex(
            model_name="mediafile",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("owner"),
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("name"), name="gin_trgm_ops"
                ),
                name="media_file_words",
            ),
        ),
    ]
