from config.ids import uuid7


def test_ids_are_of_version_7_and_differ() -> None:
    ids = [uuid7() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}


def test_later_ids_sort_after_earlier_ones() -> None:
    ids = [uuid7() for _ in range(1000)]
    assert [one.int >> 64 for one in ids] == sorted(one.int >> 64 for one in ids)
