"""The OpenID Connect client against a real provider: what it accepts, and each lie it refuses."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.errors import SecurityWarning
from pydantic import SecretStr

from codewell.identity import credentials, oidc
from codewell.kit import clock
from codewell.settings import OidcIssuer

REDIRECT = "http://127.0.0.1:8000/api/v1/sign-in/oidc/callback"


def client_for(provider, /, **changed) -> oidc.OidcClient:
    values = {
        "issuer_id": "trust",
        "label": "Trust account",
        "issuer": provider.url,
        "client_id": "codewell",
        "client_secret": SecretStr("a secret: with/odd characters"),
        "provider": "RXX",
    }
    return oidc.OidcClient(OidcIssuer(**{**values, **changed}))


class Journey:
    """One sign-in: what we keep between sending the browser away and its return."""

    def __init__(self, client: oidc.OidcClient) -> None:
        self.client = client
        self.state, self.nonce, self.verifier = (credentials.new_token() for _ in range(3))

    async def url(self) -> str:
        return await self.client.start_url(
            redirect_uri=REDIRECT, state=self.state, nonce=self.nonce, verifier=self.verifier
        )

    async def finish(self, code: str, **changed) -> oidc.Identity:
        given = {
            "code": code,
            "redirect_uri": REDIRECT,
            "nonce": self.nonce,
            "verifier": self.verifier,
            "iss": None,
            **changed,
        }
        return await self.client.finish(**given)


async def signed_in(issuer, subject="jo", **changed) -> oidc.Identity:
    journey = Journey(client_for(issuer, **changed))
    return await journey.finish(issuer.approve(await journey.url(), subject)["code"])


class TestTheWayThere:
    async def test_it_asks_for_a_code_with_pkce_s256_state_and_nonce(self, issuer):
        journey = Journey(client_for(issuer, required_acr=["AAL2"]))
        query = parse_qs(urlsplit(await journey.url()).query)
        assert query["response_type"] == ["code"]
        assert query["code_challenge_method"] == ["S256"]
        assert query["code_challenge"] == [oidc.challenge_of(journey.verifier)]
        assert query["state"] == [journey.state]
        assert query["nonce"] == [journey.nonce]
        assert query["scope"] == ["openid profile"]
        assert query["acr_values"] == ["AAL2"]
        assert "a secret" not in await journey.url()

    def test_the_challenge_is_the_one_of_the_standard(self):
        # RFC 7636, appendix B.
        verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        assert oidc.challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    async def test_the_provider_gives_back_our_state(self, issuer):
        journey = Journey(client_for(issuer))
        assert issuer.approve(await journey.url(), "jo")["state"] == journey.state


class TestTheWayBack:
    async def test_a_person_is_issuer_and_subject(self, issuer):
        issuer.claims("jo", name="Jo Bell", email="jo@example.invalid")
        assert await signed_in(issuer) == oidc.Identity(issuer.url, "jo", "Jo Bell")

    async def test_a_client_without_a_secret_relies_on_pkce(self, issuer):
        assert (await signed_in(issuer, client_secret=None)).subject == "jo"

    async def test_ps256_is_accepted(self, issuer):
        issuer.knobs(sign="ps256")
        assert (await signed_in(issuer)).subject == "jo"

    async def test_a_code_works_once(self, issuer):
        journey = Journey(client_for(issuer))
        code = issuer.approve(await journey.url(), "jo")["code"]
        await journey.finish(code)
        with pytest.raises(oidc.OidcRefused, match="code"):
            await journey.finish(code)

    async def test_a_code_is_worth_nothing_without_its_verifier(self, issuer):
        journey = Journey(client_for(issuer))
        code = issuer.approve(await journey.url(), "jo")["code"]
        with pytest.raises(oidc.OidcRefused, match="code"):
            await journey.finish(code, verifier=credentials.new_token())

    async def test_a_code_of_another_sign_in_is_refused(self, issuer):
        client = client_for(issuer)
        mine, theirs = Journey(client), Journey(client)
        stolen = issuer.approve(await theirs.url(), "victim")["code"]
        with pytest.raises(oidc.OidcRefused, match="code"):
            await mine.finish(stolen)

    async def test_a_token_for_another_nonce_is_refused(self, issuer):
        journey = Journey(client_for(issuer))
        code = issuer.approve(await journey.url(), "jo")["code"]
        with pytest.raises(oidc.OidcRefused, match="nonce"):
            await journey.finish(code, nonce=credentials.new_token())

    async def test_a_callback_that_names_another_issuer_is_refused(self, issuer):
        journey = Journey(client_for(issuer))
        code = issuer.approve(await journey.url(), "jo")["code"]
        with pytest.raises(oidc.OidcRefused, match="callback-issuer"):
            await journey.finish(code, iss="https://evil.invalid")

    @pytest.mark.parametrize(
        ("why", "knobs"),
        [
            ("alg", {"sign": "none"}),
            ("alg", {"sign": "hs256-with-public-key"}),
            ("signature", {"sign": "stranger-key"}),
            ("signature", {"sign": "jwk-in-header"}),
            ("signature", {"sign": "altered-after-signing"}),
            ("kid", {"header": {"kid": "nobody-knows"}}),
            ("iss", {"claims": {"iss": "https://evil.invalid"}}),
            ("iss", {"claims": {"iss": None}}),
            ("aud", {"claims": {"aud": "another-client"}}),
            ("aud", {"claims": {"aud": None}}),
            ("azp", {"claims": {"aud": ["codewell", "other"]}}),
            ("azp", {"claims": {"azp": "other"}}),
            ("nonce", {"claims": {"nonce": "a nonce of somebody else"}}),
            ("nonce", {"claims": {"nonce": None}}),
            ("exp", {"claims": {"exp": "now-61"}}),
            ("exp", {"claims": {"exp": None}}),
            ("exp", {"claims": {"exp": "tomorrow"}}),
            ("iat", {"claims": {"iat": "now+120"}}),
            ("iat", {"claims": {"iat": "now-700"}}),
            ("iat", {"claims": {"iat": None}}),
            ("nbf", {"claims": {"nbf": "now+120"}}),
            ("sub", {"claims": {"sub": None}}),
            ("sub", {"claims": {"sub": ""}}),
            ("sub", {"claims": {"sub": "x" * 256}}),
        ],
    )
    async def test_a_lying_issuer_lets_nobody_in(self, issuer, why, knobs):
        issuer.knobs(**knobs)
        with pytest.raises(oidc.OidcRefused) as refused:
            await signed_in(issuer)
        assert refused.value.why == why

    async def test_small_clock_differences_are_forgiven(self, issuer):
        issuer.knobs(claims={"exp": "now-30", "iat": "now+30", "nbf": "now+30"})
        assert (await signed_in(issuer)).subject == "jo"

    async def test_several_audiences_are_fine_when_we_are_the_party(self, issuer):
        issuer.knobs(claims={"aud": ["codewell", "other"], "azp": "codewell"})
        assert (await signed_in(issuer)).subject == "jo"

    async def test_the_assurance_asked_for_must_be_there(self, issuer):
        with pytest.raises(oidc.OidcRefused, match="acr"):
            await signed_in(issuer, required_acr=["AAL2", "AAL3"])
        issuer.knobs(claims={"acr": "AAL3", "amr": ["pwd"]})
        assert (await signed_in(issuer, required_acr=["AAL2", "AAL3"])).subject == "jo"
        with pytest.raises(oidc.OidcRefused, match="amr"):
            await signed_in(issuer, required_amr=["mfa"])
        issuer.knobs(claims={"amr": ["pwd", "mfa"]})
        assert (await signed_in(issuer, required_amr=["mfa"])).subject == "jo"


class TestKeys:
    async def test_a_rotated_key_is_fetched_when_its_id_is_unknown_and_not_more_often(self, issuer):
        client = client_for(issuer)
        journey = Journey(client)
        await journey.finish(issuer.approve(await journey.url(), "jo")["code"])
        issuer.new_key()
        journey = Journey(client)
        code = issuer.approve(await journey.url(), "jo")["code"]
        with pytest.raises(oidc.OidcRefused, match="kid"):
            await journey.finish(code)  # within 30 s of the last look: a stranger's kids cannot make us ask and ask
        with clock.frozen(clock.now() + oidc.REFRESH_GAP):
            journey = Journey(client)
            assert (await journey.finish(issuer.approve(await journey.url(), "jo")["code"])).subject == "jo"

    async def test_a_rotated_key_is_found_by_a_token_that_names_none(self, issuer):
        issuer.knobs(sign="without-kid")
        client = client_for(issuer)
        journey = Journey(client)
        await journey.finish(issuer.approve(await journey.url(), "jo")["code"])
        issuer.new_key()
        with clock.frozen(clock.now() + oidc.REFRESH_GAP):
            journey = Journey(client)
            assert (await journey.finish(issuer.approve(await journey.url(), "jo")["code"])).subject == "jo"

    async def test_keys_are_remembered_for_an_hour(self, issuer):
        client = client_for(issuer)
        first = await client.keys()
        issuer.new_key()
        assert await client.keys() is first
        with clock.frozen(clock.now() + dt.timedelta(minutes=61)):
            assert set(await client.keys()) != set(first)

    @pytest.mark.parametrize(
        "entry",
        [
            {"kty": "oct", "k": "c2VjcmV0"},
            {"kty": "RSA"},
            {"kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB"},
            {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"},
            "not a key",
            None,
        ],
    )
    def test_entries_that_cannot_verify_a_signature_are_passed_over(self, entry):
        assert oidc._signing_key(entry) is None

    def test_a_short_rsa_key_is_passed_over(self):
        from joserfc import jwk

        with pytest.warns(SecurityWarning):
            short = jwk.RSAKey.generate_key(1024).as_dict(private=False)
        assert oidc._signing_key(short) is None


class TestDiscovery:
    @pytest.mark.parametrize(
        "found",
        [
            {"issuer": "https://evil.invalid"},
            {"token_endpoint": "file:///etc/passwd"},
            {"token_endpoint": None},
            {"jwks_uri": "//no-scheme"},
        ],
    )
    async def test_a_document_of_another_issuer_or_without_usable_endpoints_is_refused(self, issuer, found):
        issuer.knobs(discovery=found)
        with pytest.raises(oidc.OidcUnavailable):
            await client_for(issuer).metadata()

    async def test_an_https_issuer_may_not_point_at_plain_http(self, issuer):
        client = client_for(issuer, issuer="https://issuer.invalid")
        with pytest.raises(oidc.OidcUnavailable, match="token_endpoint"):
            client._endpoint({"token_endpoint": "http://issuer.invalid/token"}, "token_endpoint")

    async def test_an_issuer_that_is_down_lets_nobody_in(self, issuer):
        with pytest.raises(oidc.OidcUnavailable):
            await client_for(issuer, issuer="http://127.0.0.1:9").metadata()

    async def test_a_failing_token_endpoint_is_their_trouble_not_the_persons(self, issuer):
        issuer.knobs(status=503)
        with pytest.raises(oidc.OidcUnavailable):
            await signed_in(issuer)

    async def test_the_issuer_parameter_is_compulsory_once_announced(self, issuer):
        issuer.knobs(discovery={"authorization_response_iss_parameter_supported": True})
        journey = Journey(client_for(issuer))
        code = issuer.approve(await journey.url(), "jo")["code"]
        with pytest.raises(oidc.OidcRefused, match="callback-issuer"):
            await journey.finish(code)
        assert (await journey.finish(code, iss=issuer.url)).subject == "jo"
