"""Images of later versions, made of this checkout's: with another schema, ill, or both."""

from __future__ import annotations

import tempfile
from pathlib import Path

from stack.engine import Engine

MIGRATION = '''"""Moods of experiments."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("experiments", sa.Column("mood", sa.String(20), nullable=False, server_default="calm"))
    op.create_table("moods", sa.Column("name", sa.String(20), primary_key=True))


def downgrade() -> None:
    {downgrade}
'''
_BACK = 'op.drop_table("moods")\n    op.drop_column("experiments", "mood")'
_REFUSES = 'raise RuntimeError("no way back")'


def later_version(
    engine: Engine, image: str, tag: str, *, migrates: bool = False, is_ill: bool = False, goes_back: bool = True
) -> str:
    """
    Build a later version upon an image; returns its name.

    Parameters
    ----------
    engine : Engine
    image, tag : str
    migrates : bool
        Whether it has a schema of its own, 9999.
    is_ill : bool
        Whether its pages and workers say that they are not well.
    goes_back : bool
        Whether its schema can be taken back.
    """
    name = f"{image.partition(':')[0]}:{tag}"
    recipe = [f"FROM {image}", f'LABEL org.opencontainers.image.revision="{tag:0<40}"']
    with tempfile.TemporaryDirectory() as folder:
        context = Path(folder)
        if migrates:
            before = engine.docker(
                "run", "--rm", "--entrypoint", "python", image, "-c",
                "from paleobc.store.schema_versions import schemas; print(schemas()[-1])",
            ).strip()  # fmt: skip
            back = _BACK if goes_back else _REFUSES
            (context / "9999_moods.py").write_text(MIGRATION.format(before=before, downgrade=back), encoding="utf-8")
            recipe.append("COPY 9999_moods.py /opt/program/paleobc/store/migrations/versions/")
        if is_ill:
            (context / "healthy").write_text("#!/bin/sh\necho ill\nexit 1\n", encoding="utf-8")
            (context / "healthy").chmod(0o755)
            recipe.append("COPY healthy /usr/local/bin/healthy")
        (context / "Dockerfile").write_text("\n".join(recipe) + "\n", encoding="utf-8")
        engine.docker("build", "--tag", name, context, timeout=120)
    return name
