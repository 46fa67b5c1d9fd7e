"""A server under hostile uploads: its memory stays within bounds and comes back, and others are answered meanwhile."""

import asyncio
import io
import uuid
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from core.data.pictures.decoding import BUDGET
from core.data.uploads import BYTES_LIMIT, IN_WORDS
from tests.attacks.server import ANSWER_S, MB, Server, attacked, png_of
from tests.loop import run
from tests.visitors import Visitor


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with attacked(tmp_path_factory.mktemp("attacked")) as served:
        yield served


async def _answers(url: str, until: asyncio.Event) -> list[float]:
    """Another visitor looks at a page again and again; return how long each answer took."""
    answers = []
    async with Visitor(url) as visitor:
        while not until.is_set() or not answers:
            answers.append(await visitor.open("dataset"))
            await asyncio.sleep(0.2)
        assert visitor.exceptions == []
    return answers


def test_files_that_never_reach_a_page(server: Server) -> None:
    """Twelve files of 60 MB, and as many as large as a file may be, sent to a session that never looks at them."""

    async def attack() -> tuple[list[int], list[int], list[float]]:
        over = asyncio.Event()
        other = asyncio.create_task(_answers(server.url, over))
        async with Visitor(server.url, keeps_cookies=True) as visitor:
            await visitor.open("classify")
            large = await asyncio.gather(*(visitor.put(bytes(60 * MB), f"large{number}") for number in range(12)))
            many = await asyncio.gather(*(visitor.put(bytes(BYTES_LIMIT), f"many{number}") for number in range(12)))
        over.set()
        return large, many, await other

    with server.growth_below(300 * MB):
        large, many, answers = run(attack())
    assert large == [413] * 12
    assert many.count(204) == 8
    print(f"longest answer to another visitor: {max(answers):.2f} s")
    assert max(answers) < ANSWER_S


def test_many_visitors_with_many_large_pictures(server: Server) -> None:
    """Twenty visitors, each with four pictures of 3464 x 3464: small to send, 36 MB of RGB each and more to decode."""
    picture = png_of(Image.new("RGB", (3464, 3464), (9, 99, 199)))

    async def attack() -> tuple[list[float], list[str]]:
        over, texts = asyncio.Event(), []
        other = asyncio.create_task(_answers(server.url, over))

        async def visit() -> None:
            async with Visitor(server.url, keeps_cookies=True) as visitor:
                await visitor.open("classify")
                ids = [uuid.uuid4().hex for _ in range(4)]
                for id in ids:
                    assert await visitor.put(picture, id) == 204
                await visitor.choose("classify", IN_WORDS, ids)
                texts.append("".join(visitor.texts))

        await asyncio.gather(*(visit() for _ in range(20)))
        over.set()
        return await other, texts

    with server.growth_below(BUDGET.total + 300 * MB):  # 90 MB above it were seen, with oneDNN's kernels and without
        answers, texts = run(attack())
    assert len(texts) == 20
    assert all("reduced from 3,464 x 3,464" in text for text in texts)
    print(f"longest answer to another visitor: {max(answers):.2f} s")
    assert max(answers) < ANSWER_S


def test_a_picture_is_kept_though_its_page_is_asked_for_again_while_it_is_read(server: Server) -> None:
    picture = png_of(Image.new("RGB", (3464, 3464), (9, 99, 199)))

    async def attack(wait_s: float) -> str:
        async with Visitor(server.url, keeps_cookies=True) as visitor:
            await visitor.open("classify")
            assert await visitor.put(picture, "picture") == 204
            for _ in range(3):
                await visitor.send(visitor.choice("classify", IN_WORDS, ["picture"]))
                await asyncio.sleep(wait_s)
            await visitor.choose("classify", IN_WORDS, ["picture"])
            return "".join(visitor.texts)

    for wait_s in (0.02, 0.05, 0.1, 0.2):
        assert "reduced from 3,464 x 3,464" in run(attack(wait_s))


def test_visitors_who_look_at_their_pictures_cost_a_few_megabytes_each(server: Server) -> None:
    """Thirty visitors at once, each with three photos of 12 megapixels: 108 MB if they were kept decoded."""
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).resize((4000, 3000), Image.Resampling.BICUBIC).save(stream, "JPEG", quality=85)
    photo, visitors = stream.getvalue(), 30
    before = server.memory()

    async def look() -> int:
        everybody = asyncio.Barrier(visitors)
        held = 0

        async def visit(number: int) -> None:
            nonlocal held
            async with Visitor(server.url, keeps_cookies=True) as visitor:
                await visitor.open("classify")
                ids = [uuid.uuid4().hex for _ in range(3)]
                for id in ids:
                    assert await visitor.put(photo, id) == 204
                await visitor.choose("classify", IN_WORDS, ids)
                await everybody.wait()
                if number == 0:
                    held = server.memory() - before
                await everybody.wait()

        await asyncio.gather(*(visit(number) for number in range(visitors)))
        return held

    held = run(look())
    print(f"{held / visitors / MB:.1f} MB a visitor with three photos of {len(photo) / MB:.1f} MB")
    assert held < visitors * (3 * len(photo) + 6 * MB)
