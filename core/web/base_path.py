"""Puts Convscope's own routes where Streamlit puts its own: below `server.baseUrlPath`.

Links to them are relative, for a proxy may take a prefix away that the server never learns of.
"""

from collections.abc import Iterable

from starlette.routing import BaseRoute, Mount, Route


def prefix(base: str) -> str:
    """Return what every address of the server begins with, for a setting however it is written.

    >>> prefix("/courses/cnn/"), prefix("")
    ('/courses/cnn', '')
    """
    base = base.strip("/")
    return f"/{base}" if base else ""


def below(base: str, routes: Iterable[Route | Mount]) -> list[BaseRoute]:
    """Return the same routes below a base path; see `prefix`."""
    return [_below(prefix(base), route) for route in routes]


def _below(before: str, route: Route | Mount) -> BaseRoute:
    if isinstance(route, Mount):
        return Mount(before + route.path, route.app)
    return Route(before + route.path, route.endpoint, methods=list(route.methods or ()))
