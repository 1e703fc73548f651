"""Every setting, typed; nobody else reads the environment."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, BaseModel, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PLACEHOLDER = "development-only-secret"


class OidcIssuer(BaseModel):
    """One OpenID Connect issuer that people of a Trust may sign in with."""

    issuer_id: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    label: str
    issuer: str
    client_id: str
    client_secret: SecretStr | None = None
    provider: str
    scopes: str = "openid profile"
    required_acr: list[str] = Field(default_factory=list)
    """Any one of these assurance levels must be in the ID token's ``acr``."""
    required_amr: list[str] = Field(default_factory=list)
    """All of these ways of authenticating must be in the ID token's ``amr`` (for example ``mfa``)."""


class DemoSignIn(BaseModel):
    """A local account of a synthetic Trust that the sign-in page may offer."""

    role: str
    username: str
    password: str


class Settings(BaseSettings):
    """Read once at start from the environment (prefix ``CODEWELL_``) and an optional ``.env`` beside the project."""

    model_config = SettingsConfigDict(
        env_prefix="CODEWELL_", env_file=".env", extra="ignore", env_nested_delimiter="__"
    )

    environment: Literal["development", "test", "production"] = "development"
    database_url: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("database_url", "CODEWELL_DATABASE_URL", "DATABASE_URL")
    )
    owner_database_url: SecretStr | None = None
    """Used for migrations only; defaults to ``database_url``."""
    app_role: str = "codewell_app"
    """Database role the application works as: no DDL, no UPDATE or DELETE on append-only tables."""
    pool_size: int = Field(default=20, ge=1, le=200)

    secret: SecretStr = SecretStr(PLACEHOLDER)
    """Signs cursors and keys search-term hashes."""
    public_url: str = "http://127.0.0.1:8000"
    local_accounts: bool | None = None
    """Local passwords; on in development, refused in production."""
    demo_sign_ins: list[DemoSignIn] = Field(default_factory=list)
    """Shown on the sign-in page; `codewell run` fills it for a synthetic Trust. Refused in production."""
    oidc_issuers: list[OidcIssuer] = Field(default_factory=list)
    idle_minutes: int = Field(default=30, ge=1, le=24 * 60)
    absolute_hours: int = Field(default=12, ge=1, le=24)
    trusted_proxies: list[str] = Field(default_factory=list)

    spa_dir: Path | None = None
    """Folder of the built SPA to serve; None when a web server in front does it."""
    work_dir: Path = Path(".codewell/work")
    """Where uploaded files wait while a job reads them."""
    max_json_bytes: int = 5_000_000
    max_file_bytes: int = 512 * 1024 * 1024
    max_file_rows: int = 500_000
    run_jobs: bool = True
    """Whether this process also works through intake jobs."""
    lease_minutes: int = Field(default=30, ge=1, le=600)

    @property
    def local_sign_in(self) -> bool:
        """Say whether local passwords are accepted."""
        return self.environment != "production" if self.local_accounts is None else self.local_accounts

    @model_validator(mode="after")
    def production_is_safe(self) -> Settings:
        """Refuse to start in production with a placeholder secret, local accounts, or nobody to sign people in."""
        if self.environment != "production":
            return self
        wrong = []
        if self.secret.get_secret_value() == PLACEHOLDER or len(self.secret.get_secret_value()) < 32:
            wrong.append("CODEWELL_SECRET must be at least 32 characters of your own")
        if self.local_accounts:
            wrong.append("CODEWELL_LOCAL_ACCOUNTS must be off")
        if self.demo_sign_ins:
            wrong.append("CODEWELL_DEMO_SIGN_INS must be empty")
        if not self.oidc_issuers:
            wrong.append("CODEWELL_OIDC_ISSUERS must name at least one issuer")
        if any(not issuer.issuer.startswith("https://") for issuer in self.oidc_issuers):
            wrong.append("every issuer in CODEWELL_OIDC_ISSUERS must be https")
        if not self.public_url.startswith("https://"):
            wrong.append("CODEWELL_PUBLIC_URL must be https")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
