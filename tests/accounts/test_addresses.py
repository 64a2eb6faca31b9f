import pytest
from django.test import RequestFactory
from pytest_django import Settings

from accounts.addresses import client_address


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_one_sender_has_one_name(peer: str, address: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=peer)
    assert client_address(request) == address


def test_without_proxies_nobody_is_believed(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 0
    request = RequestFactory().get(
        "/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "10.0.0.1"}
    )
    assert client_address(request) == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "10.9.9.9, 198.51.100.1", "198.51.100.1"),  # the person wrote the left one
        (2, "10.9.9.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (1, "198.51.100.1:50123", "198.51.100.1"),
        (1, "[2001:db8::1]:50123", "2001:db8::/64"),
        (1, "2001:db8::1", "2001:db8::/64"),
        (2, "198.51.100.1", "192.0.2.1"),  # not through all our proxies: the peer is all we know
        (1, "", "192.0.2.1"),
        (1, "unknown", "192.0.2.1"),
    ],
)
def test_behind_proxies_the_address_is_what_they_wrote(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get(
        "/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": forwarded}
    )
    assert client_address(request) == address
