"""House rules that a reader would otherwise have to remember."""

import ast
from pathlib import Path

import codewell

SOURCE = Path(codewell.__file__).parent
FILES = sorted(p for p in SOURCE.rglob("*.py"))


def calls(tree: ast.AST) -> set[str]:
    return {n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}


class TestTransactions:
    def test_nobody_commits_but_the_database(self):
        allowed = {"db.py", "migrate.py"}
        guilty = [str(p) for p in FILES if p.name not in allowed and "commit" in calls(ast.parse(p.read_text()))]
        assert guilty == []


class TestReads:
    def test_every_public_read_of_trust_data_takes_the_actor(self):
        guilty = []
        for path in FILES:
            if "reads" not in (path.stem, path.parent.name) or path.parent.name in {
                "identity",
                "trail",
                "codesets",
                "standards",
            }:
                continue
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
                    names = [a.arg for a in node.args.args]
                    if "actor" not in names and node.name not in {"titles_for", "usage_of", "words_for"}:
                        guilty.append(f"{path.parent.name}.{node.name}")
        assert guilty == []


class TestWire:
    def test_answers_have_no_defaults(self):
        from importlib import import_module
        from importlib.util import find_spec
        from pkgutil import iter_modules

        from codewell.kit.wire import WireOut
        from codewell.main import ROOMS

        guilty = []
        for room in ROOMS:
            if not find_spec(f"codewell.{room}.schemas"):
                continue
            whole = import_module(f"codewell.{room}.schemas")
            parts = [import_module(f"{whole.__name__}.{m.name}") for m in iter_modules(getattr(whole, "__path__", ()))]
            for cls in (c for part in (whole, *parts) for c in vars(part).values()):
                if isinstance(cls, type) and issubclass(cls, WireOut):
                    guilty += [f"{room}.{cls.__name__}.{n}" for n, f in cls.model_fields.items() if not f.is_required()]
        assert guilty == []
