"""Signing in through an OpenID Connect issuer: authorisation code with PKCE, every check of the ID token in one place.

What we take from the issuer is who signed in: its exact name and its subject. Nothing else decides who a person is,
least of all an e-mail address. Access tokens are not kept, and none of this ever reaches the browser.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from codewell.identity import credentials
from codewell.kit import clock
from codewell.settings import OidcIssuer

ALGORITHMS: Mapping[str, type[RSAKey] | type[ECKey]] = {"RS256": RSAKey, "PS256": RSAKey, "ES256": ECKey}
SKEW = dt.timedelta(seconds=60)
FRESH = dt.timedelta(minutes=10)
CACHED = dt.timedelta(hours=1)
REFRESH_GAP = dt.timedelta(seconds=30)
TIMEOUT = httpx.Timeout(5.0)
LARGEST_ANSWER = 1_000_000


class OidcRefused(Exception):
    """What the issuer or the browser gave us does not prove who signed in; ``why`` is one word for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class OidcUnavailable(Exception):
    """The issuer cannot be reached or does not answer as one; nobody is let in meanwhile."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in, as the issuer proves it."""

    issuer: str
    subject: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What we use of the issuer's discovery document."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    auth_methods: tuple[str, ...]
    names_itself: bool
    """Whether it adds ``iss`` to the callback (RFC 9207)."""


Key = RSAKey | ECKey


class _Registry(jws.JWSRegistry):
    """Room for the certificate chains that some issuers put in the header; they are not looked at."""

    max_header_length = 8192


def challenge_of(verifier: str) -> str:
    """Return the S256 code challenge of a verifier (RFC 7636 §4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class OidcClient:
    """One issuer, with its discovery document and keys remembered for an hour."""

    def __init__(self, settings: OidcIssuer) -> None:
        self.settings = settings
        self._lock = asyncio.Lock()
        self._metadata: tuple[Metadata, dt.datetime] | None = None
        self._keys: tuple[dict[str | None, list[Key]], dt.datetime] | None = None

    async def start_url(self, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Return where to send the browser; ``state``, ``nonce`` and ``verifier`` must be kept until it comes back."""
        metadata = await self.metadata()
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(dict.fromkeys(["openid", *self.settings.scopes.split()])),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        if self.settings.required_acr:
            query["acr_values"] = " ".join(self.settings.required_acr)
        joint = "&" if urlsplit(metadata.authorization_endpoint).query else "?"
        return metadata.authorization_endpoint + joint + urlencode(query)

    async def finish(self, *, code: str, redirect_uri: str, nonce: str, verifier: str, iss: str | None) -> Identity:
        """Exchange the code and return who signed in; OidcRefused when any check fails."""
        metadata = await self.metadata()
        if (iss is None and metadata.names_itself) or (iss is not None and iss != self.settings.issuer):
            raise OidcRefused("callback-issuer")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {}
        secret = self.settings.client_secret
        if secret is not None and "client_secret_basic" in metadata.auth_methods:
            pair = quote_plus(self.settings.client_id) + ":" + quote_plus(secret.get_secret_value())
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form["client_id"] = self.settings.client_id
            if secret is not None:
                form["client_secret"] = secret.get_secret_value()
        status, answer = await self._ask("POST", metadata.token_endpoint, data=form, headers=headers)
        if status >= 500:
            raise OidcUnavailable(f"token endpoint answered {status}")
        if status != 200:
            raise OidcRefused("code")
        id_token = answer.get("id_token")
        if not isinstance(id_token, str):
            raise OidcRefused("no-id-token")
        return await self.verify(id_token, nonce=nonce)

    async def verify(self, id_token: str, *, nonce: str) -> Identity:
        """Return whom an ID token proves; OidcRefused unless signature, issuer, audience, times and nonce all hold."""
        claims = await self._signed_claims(id_token)
        if claims.get("iss") != self.settings.issuer:
            raise OidcRefused("iss")
        audience = claims.get("aud")
        audiences = [audience] if isinstance(audience, str) else audience
        if not isinstance(audiences, list) or self.settings.client_id not in audiences:
            raise OidcRefused("aud")
        party = claims.get("azp")
        if (party is not None or len(audiences) > 1) and party != self.settings.client_id:
            raise OidcRefused("azp")
        self._check_times(claims)
        given = claims.get("nonce")
        if not isinstance(given, str) or not credentials.same(given, nonce):
            raise OidcRefused("nonce")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
            raise OidcRefused("sub")
        if self.settings.required_acr and claims.get("acr") not in self.settings.required_acr:
            raise OidcRefused("acr")
        ways = claims.get("amr")
        if not set(self.settings.required_amr) <= {str(w) for w in (ways if isinstance(ways, list) else ())}:
            raise OidcRefused("amr")
        name = claims.get("name")
        return Identity(
            self.settings.issuer, subject, name[:200] if isinstance(name, str) and name.isprintable() else None
        )

    @staticmethod
    def _check_times(claims: Mapping[str, Any]) -> None:
        def seconds(claim: str) -> float | None:
            value = claims.get(claim)
            return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

        now, skew = clock.now().timestamp(), SKEW.total_seconds()
        expires, issued, not_before = seconds("exp"), seconds("iat"), seconds("nbf")
        if expires is None or now >= expires + skew:
            raise OidcRefused("exp")
        if issued is None or issued > now + skew or issued < now - FRESH.total_seconds():
            raise OidcRefused("iat")
        if ("nbf" in claims and not_before is None) or (not_before is not None and not_before > now + skew):
            raise OidcRefused("nbf")

    async def _signed_claims(self, id_token: str) -> Mapping[str, Any]:
        registry = _Registry(algorithms=list(ALGORITHMS), strict_check_header=False)
        try:
            header = jws.extract_compact(id_token.encode(), registry=registry).headers()
        except (JoseError, ValueError):
            raise OidcRefused("form") from None
        algorithm = header.get("alg")
        kind = ALGORITHMS.get(algorithm) if isinstance(algorithm, str) else None
        if kind is None:
            raise OidcRefused("alg")
        kid = header.get("kid")
        if kid is not None and not isinstance(kid, str):
            raise OidcRefused("kid")

        def verified(key: Key) -> Mapping[str, Any] | None:
            only = _Registry(algorithms=[str(algorithm)], strict_check_header=False)
            try:
                return jwt.decode(id_token, key, algorithms=[str(algorithm)], registry=only).claims
            except (JoseError, ValueError):
                return None

        key = _the_key(await self.keys(), kid, kind)
        claims = verified(key) if key is not None else None
        # An issuer that rotates its keys is asked once more: for an id we do not know, or a token that names none.
        if claims is None and (key is None or kid is None):
            key = _the_key(await self.keys(renew=True), kid, kind)
            claims = verified(key) if key is not None else None
        if claims is None:
            raise OidcRefused("kid" if key is None else "signature")
        return claims

    async def metadata(self) -> Metadata:
        """Return the issuer's endpoints, read from its discovery document at most once an hour."""
        async with self._lock:
            if self._metadata is not None and clock.now() - self._metadata[1] < CACHED:
                return self._metadata[0]
            url = self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
            status, found = await self._ask("GET", url)
            if status != 200 or found.get("issuer") != self.settings.issuer:
                raise OidcUnavailable("discovery does not name this issuer")
            methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
            metadata = Metadata(
                authorization_endpoint=self._endpoint(found, "authorization_endpoint"),
                token_endpoint=self._endpoint(found, "token_endpoint"),
                jwks_uri=self._endpoint(found, "jwks_uri"),
                auth_methods=tuple(str(m) for m in methods) if isinstance(methods, list) else (),
                names_itself=found.get("authorization_response_iss_parameter_supported") is True,
            )
            self._metadata = (metadata, clock.now())
            return metadata

    async def keys(self, *, renew: bool = False) -> dict[str | None, list[Key]]:
        """Return the issuer's signing keys by id; ``renew`` asks again, but not more than twice a minute."""
        metadata = await self.metadata()
        async with self._lock:
            if self._keys is not None:
                age = clock.now() - self._keys[1]
                if age < (REFRESH_GAP if renew else CACHED):
                    return self._keys[0]
            status, found = await self._ask("GET", metadata.jwks_uri)
            listed = found.get("keys")
            if status != 200 or not isinstance(listed, list):
                raise OidcUnavailable("no keys")
            keys: dict[str | None, list[Key]] = {}
            for data in listed:
                key = _signing_key(data)
                if key is not None:
                    keys.setdefault(key.kid, []).append(key)
            self._keys = (keys, clock.now())
            return keys

    def _endpoint(self, found: Mapping[str, Any], name: str) -> str:
        value = found.get(name)
        parts = urlsplit(value) if isinstance(value, str) else None
        # Plain http only for an issuer that is itself plain http, which production settings refuse.
        plain = self.settings.issuer.startswith("http://")
        if parts is None or not parts.netloc or parts.scheme not in (("https", "http") if plain else ("https",)):
            raise OidcUnavailable(f"{name} is not usable")
        return parts.geturl()

    async def _ask(
        self, method: str, url: str, **sent: Any
    ) -> tuple[int, dict[str, Any]]:  # Any: httpx's own arguments
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as http:
                async with http.stream(method, url, **sent) as response:
                    body = b""
                    async for piece in response.aiter_bytes():
                        body += piece
                        if len(body) > LARGEST_ANSWER:
                            raise OidcUnavailable("the answer is too large")
        except httpx.HTTPError as error:
            raise OidcUnavailable(type(error).__name__) from None
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if isinstance(found, dict):
            return response.status_code, found
        if response.status_code == 200:
            raise OidcUnavailable("the answer is not JSON")
        return response.status_code, {}


def _the_key(keys: Mapping[str | None, list[Key]], kid: str | None, kind: type[RSAKey] | type[ECKey]) -> Key | None:
    # Keys come from the issuer's own address only: ``jku``, ``jwk`` and ``x5u`` of a token are never looked at.
    named = keys.get(kid, []) if kid is not None else [k for several in keys.values() for k in several]
    fitting = [k for k in named if isinstance(k, kind)]
    return fitting[0] if len(fitting) == 1 else None


def _signing_key(data: object) -> Key | None:
    """Return a public RSA (2048 bits or more) or P-256 key that may sign; None for any other kind of entry."""
    if not isinstance(data, dict) or data.get("use", "sig") != "sig" or data.get("kty") not in ("RSA", "EC"):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)
            key = jwk.import_key({k: v for k, v in data.items() if k != "key_ops"})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAKey) and key.public_key.key_size >= 2048:
        return key
    return key if isinstance(key, ECKey) and key.curve_name == "P-256" else None
