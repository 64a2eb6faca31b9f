from tests.clips import clips  # noqa: F401 - for every test of this folder
