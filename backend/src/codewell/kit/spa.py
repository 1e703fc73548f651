"""Serve the built SPA beside the API: hashed assets for a year, every other path answers the page itself."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

from codewell.kit.http import no_such_operation


def serve(app: FastAPI, folder: Path) -> None:
    """Mount ``folder``; paths under /api that no operation takes stay problems, all others get index.html."""
    if not (folder / "index.html").is_file():
        return
    if (folder / "assets").is_dir():
        app.mount("/assets", _Hashed(directory=folder / "assets"), name="assets")
    root = folder.resolve()

    @app.get("/{path:path}", include_in_schema=False)
    async def see_page(path: str) -> Response:
        if path.startswith("api/"):
            # This route takes every GET, and so hides from the router that the path has other methods.
            raise no_such_operation(app, "GET", f"/{path}")
        target = (root / path).resolve()
        if path and target.is_file() and target.is_relative_to(root):
            return FileResponse(target, headers={"Cache-Control": "public, max-age=3600"})
        return FileResponse(root / "index.html", headers={"Cache-Control": "no-store"})


class _Hashed(StaticFiles):
    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
