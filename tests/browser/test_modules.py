"""Joined scripts in real Chromium: names stay in their module, and a module's text runs in a Web Worker."""

from pathlib import Path

from playwright.sync_api import Page

from pages.shared import modules


def evaluate(page: Page, folder: Path, expression: str, **files: str):
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)
    return page.evaluate(
        f"async () => {{ const exported = {modules.script(folder / 'main.js')}; return {expression}; }}"
    )


def test_every_way_to_import_gives_what_the_other_module_exports(page: Page, tmp_path: Path) -> None:
    answer = evaluate(
        page,
        tmp_path,
        "exported.answer",
        other="const hidden = 1;\nexport const value = hidden + 1;\nexport function twice(n) {\n  return 2 * n;\n}\n"
        "export class Box {\n  width = 5;\n}\nexport default function (n) {\n  return -n;\n}\n",
        main='import negated from "./other.js";\nimport * as other from "./other.js";\n'
        'import {\n  Box,\n  twice as doubled,\n  value,\n} from "./other.js";\n'
        "const hidden = 100;\nexport const answer = [value, doubled(hidden), new Box().width, negated(3), "
        "other.value];\n",
    )
    assert answer == [2, 200, 5, -3, 2]


def test_a_module_runs_once(page: Page, tmp_path: Path) -> None:
    answer = evaluate(
        page,
        tmp_path,
        "[window.runs, exported.here]",
        counted="window.runs = (window.runs ?? 0) + 1;\nexport const one = 1;\n",
        side='import { one } from "./counted.js";\nexport const two = one + 1;\n',
        main='import "./counted.js";\nimport { one } from "./counted.js";\nimport { two } from "./side.js";\n'
        "export const here = one + two;\n",
    )
    assert answer == [1, 3]


def test_a_module_as_text_runs_in_a_worker_and_not_in_the_page(page: Page, tmp_path: Path) -> None:
    answer = evaluate(
        page,
        tmp_path,
        "await exported.asked()",
        square="export const square = (n) => n * n;\n",
        work='import { square } from "./square.js";\nself.atWork = true;\n'
        "self.onmessage = ({ data }) => self.postMessage(square(data));\n",
        main='import { square } from "./square.js";\nimport work from "./work.js" with { type: "text" };\n'
        "export const asked = () => new Promise((resolve) => {\n"
        "  const worker = new Worker(URL.createObjectURL(new Blob([work])));\n"
        "  worker.onmessage = ({ data }) => resolve([data, square(3), window.atWork ?? false]);\n"
        "  worker.postMessage(7);\n});\n",
    )
    assert answer == [49, 9, False]


def test_a_style_sheet_as_text_is_its_text(page: Page, tmp_path: Path) -> None:
    (tmp_path / "look.css").write_text('.a::before { content: "\\201c"; }\n')
    main = 'import look from "./look.css" with { type: "text" };\nexport const text = look;\n'
    assert evaluate(page, tmp_path, "exported.text", main=main) == '.a::before { content: "\\201c"; }\n'
