"""How an installation of the application is set up: by the environment, and by nothing where one person uses it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _data_folder() -> Path:
    """Where a program keeps data of its user."""
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "paleobc"


class Settings(BaseSettings):
    """
    Settings of the application, each from the environment variable ``PALEOBC_`` and its name in capitals.

    Every one has a default with which one person can work.
    """

    model_config = SettingsConfigDict(env_prefix="PALEOBC_", frozen=True)

    data_folder: Path = Field(default_factory=_data_folder, description="Folder of the database and the files.")
    database_url: str = Field(default="", description="Database; empty: SQLite in the data folder.")
    files_url: str = Field(default="", description="Where files are kept; empty: the data folder.")
    broker_url: str = Field(
        default="", description="RabbitMQ that wakes the workers of other machines; empty: workers in this process."
    )
    steps_folder: str = Field(
        default="", description="Folder of the declarations of external steps; empty: there are none."
    )
    host: str = Field(default="127.0.0.1", description="Address on which the pages are served.")
    port: int = Field(default=8400, ge=0, le=65535, description="Port on which the pages are served; 0: any free one.")
    public_url: str = Field(default="", description="Address under which users reach the pages, behind a proxy.")
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of proxies, with commas between, that say truly who asks and how.",
    )
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=0,
        le=256,
        description="Steps computed at the same time; one process more is kept for users of whom none runs.",
    )
    registration: Literal["open", "invitation", "closed"] = Field(
        default="invitation", description="Who may make an account."
    )
    session_days: int = Field(default=30, ge=1, le=365, description="Days after which one has to sign in again.")
    step_seconds: int = Field(default=600, ge=1, description="Longest time a step may take [s].")
    step_memory_mb: int = Field(default=6000, ge=500, description="Most memory a step may take [MB].")
    upload_mb: int = Field(default=4096, ge=1, description="Largest file that may be uploaded [MB].")
    quota_mb: int = Field(
        default=0, ge=0, description="Most that the files of a user's experiments may take [MB]; 0: no limit."
    )
    bin_days: int = Field(default=30, ge=1, description="Days a deleted experiment can be brought back.")
    example: bool = Field(
        default=False, description="Whether whoever makes the administrator's account finds the example there."
    )
    secure_cookies: Literal["auto", "always", "never"] = Field(
        default="auto", description="Whether cookies travel over TLS only; auto: where the page itself does."
    )
    oidc_issuer: str = Field(default="", description="OpenID Connect issuer of a single sign-on; empty: none.")
    oidc_client_id: str = Field(default="", description="Name of this application at the issuer.")
    oidc_client_secret: str = Field(default="", description="Secret of this application at the issuer.")
    oidc_registration: Literal["same", "open"] = Field(
        default="same", description="Who may make an account by single sign-on; open: all whom it vouches for."
    )

    delivery_limit: int = Field(
        default=5, ge=1, le=100, description="A message that so many workers did not survive is put aside."
    )
    stop_seconds: int = Field(
        default=60, ge=0, description="Time that a worker which is told to stop leaves its runs to end [s]."
    )
    log_format: Literal["text", "json"] = Field(default="text", description="How lines of the log are written.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least level of the lines of the log that are written."
    )
    log_days: int = Field(default=14, ge=1, description="Days for which lines of the log are kept for the pages.")
    metrics_token: str = Field(
        default="", description="Secret with which /metrics is read; empty: by administrators only."
    )
    backup_url: str = Field(
        default="", description="Where backups are kept, a folder or s3://BUCKET/FOLDER; empty: none are made."
    )
    backup_hours: int = Field(default=24, ge=1, description="Time between two backups [h].")
    backup_keep: int = Field(default=14, ge=1, description="So many of the newest backups are kept.")

    @property
    def database(self) -> str:
        """Address of the database."""
        return self.database_url or f"sqlite:///{self.data_folder / 'paleobc.sqlite'}"

    @property
    def files(self) -> str:
        """Address of the files."""
        return self.files_url or str(self.data_folder / "files")

    @property
    def may_join_by_single_sign_on(self) -> bool:
        """Whether whom the single sign-on vouches for gets an account without an invitation."""
        return "open" in (self.registration, self.oidc_registration)
