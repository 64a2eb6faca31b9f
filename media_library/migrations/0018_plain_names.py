from django.db import migrations, models
from django.db.models.expressions import Combinable
from django.db.models.functions import Replace, Upper

_SS = models.Value("SS")


def _normal(text: Combinable, form: str) -> models.Func:
    template = f"%(function)s(%(expressions)s, {form})"
    return models.Func(text, function="NORMALIZE", template=template)


_PLAIN = _normal(
    models.Func(
        _normal(
            Replace(
                Replace(Upper(models.F("name")), models.Value("ß"), _SS), models.Value("ẞ"), _SS
            ),
            "NFD",
        ),
        models.Value("[\u0300-\u036f]"),
        models.Value(""),
        models.Value("g"),
        function="regexp_replace",
    ),
    "NFC",
)


class Migration(migrations.Migration):
    """Names as they are looked for: "resume" finds "Résumé"."""

    dependencies = [
        ("media_library", "0017_vacuum"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="mediafile", name="media_file_words"),
        migrations.RemoveIndex(model_name="mediafile", name="media_file_letters"),
        migrations.AddField(
            model_name="mediafile",
            name="name_plain",
            field=models.GeneratedField(
                db_persist=True,
                expression=_PLAIN,
                output_field=models.TextField(db_collation="C"),
            ),
        ),
    ]
