from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0007_bulk_undo_is_told_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="course",
            name="head_revision",
            field=models.PositiveBigIntegerField(db_default=0, default=0, editable=False),
        ),
        # Pages that are open meanwhile may have heads from before any revision.
        migrations.RunSQL(
            "UPDATE courses_course SET head_revision = revision", migrations.RunSQL.noop
        ),
    ]
