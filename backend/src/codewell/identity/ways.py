"""The ways to say who one is, as the contract tells them to other programs; ``doors.me`` is what reads them."""

from typing import Annotated

from fastapi import Depends
from fastapi.openapi import models
from fastapi.security.base import SecurityBase

COOKIE = "__Host-codewell"


class _Way(SecurityBase):
    """A security scheme of the contract. It lets everybody by: nobody is let in by it."""

    def __init__(self, scheme_name: str, model: models.SecurityBase) -> None:
        self.scheme_name, self.model = scheme_name, model

    async def __call__(self) -> None:
        """Do nothing."""


_SIGN_IN = _Way(
    "signIn",
    models.APIKey.model_validate(
        {
            "in": "cookie",
            "name": COOKIE,
            "description": "The cookie of POST /api/v1/sign-in or of the identity provider. What changes anything also "
            "sends X-Codewell-CSRF, with the csrf_token of GET /api/v1/me, from the same origin.",
        }
    ),
)
_KEY = _Way("apiKey", models.HTTPBearer(description="The key of an API client, with the scopes that it was given."))
_PASSWORD = _Way(
    "apiKeyAsPassword",
    models.HTTPBase(scheme="basic", description="The same key as name and password, for reading what BI may read."),
)


async def _ways(
    _sign_in: Annotated[None, Depends(_SIGN_IN)],
    _key: Annotated[None, Depends(_KEY)],
    _password: Annotated[None, Depends(_PASSWORD)],
) -> None:
    """Publish the three; one of them is enough."""


Ways = Annotated[None, Depends(_ways)]
