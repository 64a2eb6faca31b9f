"""Where a request comes from."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "unknown"  # a web server on a unix socket has no peer address


def client_address(request: HttpRequest) -> str:
    """One name for one sender: IPv4 is IPv4 in either spelling, and a /64 is what one line is given.

    Only what our own proxies wrote is believed: each adds the address it was called from at the right
    of X-Forwarded-For, and the person may have written anything to the left of that.
    """
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    if proxies := settings.TRUSTED_PROXIES:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(hops) >= proxies:
            peer = _address(hops[-proxies]) or peer
    return _normal(peer) if peer else NOWHERE


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Some proxies add the port: 192.0.2.1:443, [2001:db8::1]:443."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return ip_address(text)
    except ValueError:
        return None


def _normal(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address) >> 64 << 64, 64)))
