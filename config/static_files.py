"""Static files: in production with hashed names, also inside of ES modules, and compressed once."""

from collections.abc import MutableMapping

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True


def keep_icons(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """On a desk browsers keep nothing; but icons are fetched where they appear, also without a network."""
    if url.endswith("/icons.svg"):
        headers["Cache-Control"] = "max-age=300"
