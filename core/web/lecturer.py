"""The lecturer's link: whoever opens it is the lecturer in that browser, on as many screens as needed.

GET /lecturer?token=SECRET    sets a cookie that no script can read, and goes on to the lesson without the secret
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

PATH = "/lecturer"


def route(admit: Callable[[str], str | None], *, cookie: str) -> Route:
    """Return the route for the server.

    Args:
        admit: from the secret in the link to a new secret for the cookie; None where the link is not good.
        cookie: its name.
    """

    async def enter(request: Request) -> Response:
        screen = admit(request.query_params.get("token", ""))
        if screen is None:
            return PlainTextResponse(
                "Expected the lecturer's link as the server's log prints it. Received another one, or one that was "
                "revoked or is older than the server's last start. Copy it from the log again.",
                403,
            )
        response = RedirectResponse(".", 303, {"cache-control": "no-store", "referrer-policy": "no-referrer"})
        secure = request.url.scheme == "https"  # as the browser sees it: TrustedProxies has set it
        response.set_cookie(cookie, screen, httponly=True, samesite="lax", path="/", secure=secure)
        return response

    return Route(PATH, enter, methods=["GET"])
