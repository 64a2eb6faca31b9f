from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("media_library", "0003_finding")]

    operations = [
        migrations.AddIndex(
            model_name="mediafile",
            index=models.Index(
                condition=Q(status="ready", frame_wanted__isnull=False),
                fields=["id"],
                name="media_file_wanting_frame",
            ),
        ),
    ]
