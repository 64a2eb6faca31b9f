import django.contrib.postgres.fields
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.expressions import Combinable
from django.db.models.functions import Substr, Upper

_LIST = django.contrib.postgres.fields.ArrayField(models.TextField())


def _split(text: Combinable, at: str | None) -> models.Func:
    return models.Func(text, models.Value(at), function="string_to_array", output_field=_LIST)


def _pairs(text: Combinable) -> models.Func:
    pattern, becomes = models.Value("(..)"), models.Value("\\1\x1f")
    apart = models.Func(text, pattern, becomes, models.Value("g"), function="regexp_replace")
    return _split(apart, "\x1f")


_IN_A_NAME = models.Func(
    _split(Upper("name"), None),
    _pairs(Upper("name")),
    _pairs(Substr(Upper("name"), 2)),
    template="(%(expressions)s)",
    arg_joiner=" || ",
    output_field=_LIST,
)


class Migration(migrations.Migration):
    """Two letters stand beside each other in few of the names that have both.

    While the index is made, files are read and written as ever. What was broken off begins anew.
    """

    dependencies = [
        ("media_library", "0017_vacuum"),
    ]
    atomic = False

    operations = [
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS media_file_pairs", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="mediafile",
            index=GinIndex(models.F("owner"), _IN_A_NAME, name="media_file_pairs"),
        ),
        RemoveIndexConcurrently(model_name="mediafile", name="media_file_letters"),
    ]
