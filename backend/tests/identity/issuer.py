"""A real OpenID Connect provider on loopback, to be run as a program, with knobs that make it lie.

It is the provider of the ``oidc-provider-mock`` package (Authlib underneath: discovery, JWKS, authorisation-code flow,
RS256), to which PKCE is added with Authlib's own extension, made compulsory. ``PUT /knobs`` sets what is wrong with the
next tokens; ``POST /new-key`` changes the signing key as an issuer does when it rotates.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings

warnings.simplefilter("ignore")

import flask  # noqa: E402
import oidc_provider_mock._app as provider  # noqa: E402
from authlib.integrations import flask_oauth2  # noqa: E402
from authlib.oauth2.rfc6749.errors import InvalidRequestError  # noqa: E402
from authlib.oauth2.rfc7636 import CodeChallenge  # noqa: E402
from joserfc import jwk, jwt  # noqa: E402
from oidc_provider_mock._storage import Storage  # noqa: E402

challenges: dict[str, tuple[str, str]] = {}
knobs: dict[str, object] = {}
keys: list[Storage] = []


class Pkce(CodeChallenge):  # type: ignore[misc]
    def validate_code_challenge(self, grant, redirect_uri):  # type: ignore[no-untyped-def]
        super().validate_code_challenge(grant, redirect_uri)
        if grant.request.payload.data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE with S256 is compulsory here")

    def get_authorization_code_challenge(self, authorization_code):  # type: ignore[no-untyped-def]
        return challenges[authorization_code.code][0]

    def get_authorization_code_challenge_method(self, authorization_code):  # type: ignore[no-untyped-def]
        return challenges[authorization_code.code][1]


class Grant(provider.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    def save_authorization_code(self, code, request):  # type: ignore[no-untyped-def]
        super().save_authorization_code(code, request)
        data = request.payload.data
        challenges[code] = (data["code_challenge"], data["code_challenge_method"])


class Server(flask_oauth2.AuthorizationServer):  # type: ignore[misc]
    def register_grant(self, grant_cls, extensions=None):  # type: ignore[no-untyped-def]
        if grant_cls is provider.AuthorizationCodeGrant:
            grant_cls, extensions = Grant, [*(extensions or []), Pkce(required=True)]
        super().register_grant(grant_cls, extensions)


class KeptStorage(Storage):
    def __init__(self) -> None:
        super().__init__()
        keys.append(self)


provider.flask_oauth2.AuthorizationServer = Server
provider.AuthorizationCodeGrant.__name__ = "AuthorizationCodeGrant"
provider.Storage = KeptStorage


def forge(token: str) -> str:
    """Return the ID token as the knobs want it: other claims, another key, another or no algorithm."""
    import base64

    def part(raw: str) -> dict[str, object]:
        return json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))

    def text(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    head, body, _signature = token.split(".")
    header, claims = part(head), part(body)
    for name, value in dict(knobs.get("claims", {})).items():
        if value is None:
            claims.pop(name, None)
        elif isinstance(value, str) and value.startswith("now"):
            claims[name] = int(time.time()) + int(value[3:] or 0)
        else:
            claims[name] = value
    header.update(dict(knobs.get("header", {})))
    mine = jwk.RSAKey.import_key(keys[-1].jwk.as_dict(is_private=True))
    if knobs.get("sign") != "without-kid":
        header.setdefault("kid", keys[-1].jwk.as_dict()["kid"])
    match knobs.get("sign"):
        case "none":
            return f"{text({'alg': 'none', 'typ': 'JWT'})}.{text(claims)}."
        case "hs256-with-public-key":
            secret = mine.as_pem(private=False)
            import hashlib
            import hmac

            signed = f"{text({**header, 'alg': 'HS256'})}.{text(claims)}"
            mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
            return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        case "stranger-key":
            return jwt.encode(header, claims, jwk.RSAKey.generate_key(2048))
        case "jwk-in-header":
            stranger = jwk.RSAKey.generate_key(2048)
            return jwt.encode({**header, "jwk": stranger.as_dict(private=False)}, claims, stranger)
        case "altered-after-signing":
            good = jwt.encode(header, claims, mine).split(".")
            return ".".join([good[0], text({**claims, "sub": "somebody-else"}), good[2]])
        case "ps256":
            return jwt.encode({**header, "alg": "PS256"}, claims, mine, algorithms=["PS256"])
        case _:
            return jwt.encode(header, claims, mine)


def main(port: int) -> None:
    """Serve until killed."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # noqa: TID251
    app = provider.app(require_nonce=True)

    @app.put("/knobs")
    def set_knobs():  # type: ignore[no-untyped-def]
        knobs.clear()
        knobs.update(flask.request.get_json())
        return "", 204

    @app.post("/new-key")
    def new_key():  # type: ignore[no-untyped-def]
        from authlib import jose

        keys[-1].jwk = jose.RSAKey.generate_key(is_private=True)
        return "", 204

    @app.after_request
    def lie(response):  # type: ignore[no-untyped-def]
        if flask.request.path == "/oauth2/token" and response.status_code == 200:
            answer = response.get_json()
            if knobs.get("status"):
                response.status_code = int(str(knobs["status"]))
            if "id_token" in answer:
                answer["id_token"] = forge(answer["id_token"])
                response.set_data(json.dumps(answer))
        if flask.request.path == "/.well-known/openid-configuration" and "discovery" in knobs:
            response.set_data(json.dumps({**response.get_json(), **dict(knobs["discovery"])}))  # type: ignore[call-overload]
        return response

    app.run(host="127.0.0.1", port=port, debug=False, threaded=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
