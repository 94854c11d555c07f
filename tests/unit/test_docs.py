"""Documents that would otherwise fall behind the code."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")})
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [
        target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target
    ]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []


def test_each_runtime_dependency_has_its_reason() -> None:
    text = (ROOT / "docs" / "adr" / "0006-dependencies.md").read_text(encoding="utf-8").lower()
    optional = PROJECT["project"]["optional-dependencies"]
    extras = ("kafka", "postgres", "onnxruntime", "service")
    entries = [*PROJECT["project"]["dependencies"], *(entry for name in extras for entry in optional[name])]
    names = [re.split(r"[\[<>=~! ]", entry)[0] for entry in entries]
    assert len(names) > 10
    assert [
        name
        for name in names
        if not re.search(rf"\b{re.escape(name)}\b", text.replace("onnx runtime", "onnxruntime"))
    ] == []


def test_decisions_have_numbers_of_their_own_and_the_same_parts() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [path.name[:4] for path in decisions]
    assert len(set(numbers)) == len(numbers) > 3
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert re.match(rf"# .*\b0*{int(path.name[:4])}\b", text), path.name
        assert {"Context", "Decision", "Consequences"} <= set(re.findall(r"^## (\w+)", text, re.MULTILINE)), (
            path.name
        )


def test_the_architecture_page_draws_the_layers_that_are_enforced() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    (layers,) = [
        contract["layers"]
        for contract in PROJECT["tool"]["importlinter"]["contracts"]
        if "layers" in contract
    ]
    assert "  >  ".join(layers) in text
    for package in PROJECT["tool"]["importlinter"]["root_packages"]:
        assert package in text
    named = re.findall(r"`([a-z_]+(?:/[a-z_]+)+\.py)`", text)
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_each_seam_of_the_architecture_page_has_a_contract() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    seams = set(
        re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| `", text, re.MULTILINE)))
    )
    contracts = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "contracts").glob("*.py")
    )
    # Kinds of event have golden schemas, and files appear whole in the tests of results.
    held = seams - {"Event", "Staging"}
    assert len(held) > 6
    assert {seam for seam in held if not re.search(rf"\b(?:Any)?{seam}\b", contracts)} == set()


def test_the_changelog_keeps_to_its_format() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", heading) for heading in headings[1:])
    assert headings[1].startswith(f"[{PROJECT['project']['version']}] - ")
    kinds = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
