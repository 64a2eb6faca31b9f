from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0006_trash_drafts_and_bulk_edits"),
    ]

    operations = [
        migrations.AddField(
            model_name="bulkedit",
            name="undone",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="bulkedit",
            name="undone_revision",
            field=models.PositiveBigIntegerField(db_default=0, default=0),
        ),
    ]
