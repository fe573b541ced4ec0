"""The house keeps its order: one direction, small modules, nothing slow at import."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, run_python

# What each room may use besides itself.
MAY_USE: dict[str, set[str]] = {
    "documents": set(),
    "index": {"documents"},
    "service": {"documents", "index"},
    "eval": {"documents", "index", "service"},
}
NOBODY_USES = {"eval", "tests"}
LONGEST_MODULE = 320
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "types", "core", "misc", "manager"}
SLOW = {"torch", "faiss", "sentence_transformers", "transformers", "bm25s", "numba", "ir_measures"}


def modules(room: str) -> list[Path]:
    return sorted((REPOSITORY / room).rglob("*.py"))


EVERY_MODULE = [
    pytest.param(room, path, id=str(path.relative_to(REPOSITORY)))
    for room in MAY_USE
    for path in modules(room)
]


def imported(path: Path) -> Iterator[str]:
    """Name the top-level package of every import, wherever in the module it stands."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} line {node.lineno}: say the full name"
            assert node.module is not None
            yield node.module.split(".")[0]


@pytest.mark.parametrize(("room", "path"), EVERY_MODULE)
def test_imports_go_one_way(room: str, path: Path) -> None:
    rooms = {*MAY_USE, *NOBODY_USES}
    assert set(imported(path)) & rooms - {room} <= MAY_USE[room]


@pytest.mark.parametrize(("room", "path"), EVERY_MODULE)
def test_no_module_is_long_or_vaguely_named(room: str, path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    assert path.stem not in NO_NAMES, f"say what it is for in {room}"


def test_the_tests_are_flat_one_file_per_subject() -> None:
    names = {path.relative_to(REPOSITORY / "tests").as_posix() for path in modules("tests")}
    assert all("/" not in name for name in names)
    assert {name for name in names if not name.startswith("test_")} == {"__init__.py", "conftest.py"}


def test_importing_our_modules_imports_nothing_slow() -> None:
    names = [
        ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__")
        for room in MAY_USE
        for path in modules(room)
    ]
    program = (
        "import sys, importlib\n"
        f"for name in {names!r}:\n"
        "    importlib.import_module(name)\n"
        f"    slow = {SLOW!r} & set(sys.modules)\n"
        "    assert not slow, f'{name} imports {slow}'\n"
    )
    assert run_python(program).stderr == ""
