"""A hall leafs through filters: each has a picture made for it, which takes long; others are answered meanwhile."""

import asyncio
import re
from pathlib import Path

from tests.attacks.server import ANSWER_S, MB, attacked
from tests.loop import run
from tests.visitors import Visitor

VISITORS = 30
"""More pictures than `core.cached.ascent` has room for."""

ARRIVAL_S = 5.0

MADE = "The made picture reaches|it is dead"
"""What the page says of a filter once its picture is made."""


def _filter(number: int) -> str:
    return f"activations.view=Filter&activations.layer=conv2d_2&activations.feature={number % 64 + 1}"


def test_everybody_gets_the_picture_of_the_filter_where_they_stay(tmp_path: Path) -> None:
    """Where they were dropped for want of room, they began anew, and nobody got one."""
    left = VISITORS

    async def stay(url: str, number: int) -> None:
        nonlocal left
        await asyncio.sleep(ARRIVAL_S * number / VISITORS)
        async with Visitor(url, keeps_cookies=True) as visitor, asyncio.timeout(180):
            for passed in (7, 5, 3):
                await visitor.open("activations", _filter(number + passed))
            while not re.search(MADE, "".join(visitor.texts)):
                await asyncio.sleep(0.4)
                await visitor.open("activations", _filter(number))
            assert visitor.exceptions == []
        left -= 1

    async def first(url: str) -> None:
        async with Visitor(url, keeps_cookies=True) as visitor:
            while not re.search(MADE, "".join(visitor.texts)):
                await visitor.open("activations", _filter(VISITORS))
                await asyncio.sleep(0.4)

    async def look(url: str) -> list[float]:
        answers = []
        async with Visitor(url, keeps_cookies=True) as visitor:
            while left:
                answers += [await visitor.open(page) for page in ("", "predictions", "classify")]
                await asyncio.sleep(0.2)
            assert visitor.exceptions == []
        return answers

    async def attack(url: str) -> list[float]:
        answers, *_ = await asyncio.gather(look(url), *(stay(url, number) for number in range(VISITORS)))
        return answers

    with attacked(tmp_path) as server:
        run(first(server.url))
        with server.growth_below(500 * MB):
            answers = run(attack(server.url))
    print(f"longest answer to another visitor: {max(answers):.2f} s")
    assert max(answers) < ANSWER_S
