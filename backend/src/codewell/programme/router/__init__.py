"""HTTP of the programme: one module for each family of operations, all of them put together here."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from fastapi import APIRouter

router = APIRouter()
for _module in sorted(m.name for m in iter_modules(__path__)):
    router.include_router(import_module(f"{__name__}.{_module}").router)
