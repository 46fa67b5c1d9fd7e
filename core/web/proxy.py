"""Believes a proxy in front of the server about the address that visitors see, and believes nobody else."""

import ipaddress
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

_WEBSOCKET_SCHEMES = {"http": "ws", "https": "wss"}


class TrustedProxies:
    """ASGI middleware that takes scheme and host from X-Forwarded-Proto and X-Forwarded-Host of a trusted proxy.

    uvicorn does this too, but without the host, and it does not recognize this machine where the server listens for
    IPv4 and IPv6 in one, as Streamlit's does: 127.0.0.1 is ::ffff:127.0.0.1 there.

    Args:
        app: the application that answers.
        trusted: addresses of proxies, or networks they stand in.
    """

    def __init__(self, app: ASGIApp, *, trusted: Collection[str]) -> None:
        self._app = app
        self._networks = [ipaddress.ip_network(each) for each in trusted]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] in ("http", "websocket") and self._trusts(scope.get("client")):
            scope = _as_visitors_see_it(scope)
        await self._app(scope, receive, send)

    def _trusts(self, client: tuple[str, int] | None) -> bool:
        if client is None:
            return False
        if client[1] == 0:  # no connection has this port: uvicorn trusted the proxy, and put the visitor's address here
            return True
        try:
            address = ipaddress.ip_address(client[0])
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self._networks)


def _as_visitors_see_it(scope: Scope) -> Scope:
    headers = Headers(scope=scope)
    scheme = headers.get("x-forwarded-proto", "").split(",")[0].strip().lower()
    host = headers.get("x-forwarded-host", "").split(",")[0].strip()
    scope = {**scope, "headers": list(scope["headers"])}
    if scheme in _WEBSOCKET_SCHEMES:
        scope["scheme"] = _WEBSOCKET_SCHEMES[scheme] if scope["type"] == "websocket" else scheme
    if host:
        MutableHeaders(scope=scope)["host"] = host
    return scope
