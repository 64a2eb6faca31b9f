from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.expressions import Combinable
from django.db.models.functions import Substr

_LIST = ArrayField(models.TextField())


def _split(text: Combinable, at: str | None) -> models.Func:
    return models.Func(text, models.Value(at), function="string_to_array", output_field=_LIST)


def _pairs(text: Combinable) -> models.Func:
    pattern, becomes = models.Value("(..)"), models.Value("\\1\x1f")
    apart = models.Func(text, pattern, becomes, models.Value("g"), function="regexp_replace")
    return _split(apart, "\x1f")


_LETTERS_AND_PAIRS = models.Func(
    _split(models.F("name_plain"), None),
    _pairs(models.F("name_plain")),
    _pairs(Substr("name_plain", 2)),
    template="(%(expressions)s)",
    arg_joiner=" || ",
    output_field=_LIST,
)
_TRIGRAMS = OpClass(models.F("name_plain"), name="gin_trgm_ops")


class Migration(migrations.Migration):
    """While the indexes are made, files are read and written as ever. What was broken off begins anew.

    At last the table, which was written anew, is vacuumed: as in 0017.
    """

    dependencies = [
        ("media_library", "0018_plain_names"),
    ]
    atomic = False

    operations = [
        migrations.RunSQL("DROP INDEX IF EXISTS media_file_words", migrations.RunSQL.noop),
        migrations.RunSQL("DROP INDEX IF EXISTS media_file_pairs", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="mediafile",
            index=GinIndex(models.F("owner"), _TRIGRAMS, name="media_file_words"),
        ),
        AddIndexConcurrently(
            model_name="mediafile",
            index=GinIndex(models.F("owner"), _LETTERS_AND_PAIRS, name="media_file_pairs"),
        ),
        migrations.RunSQL("VACUUM (ANALYZE) media_library_mediafile", migrations.RunSQL.noop),
    ]
