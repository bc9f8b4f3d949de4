"""Drafts of the map editor."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("experiment_id", sa.String(length=22), nullable=False),
        sa.Column("asset", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=1000), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("grid", sa.String(length=300), nullable=False),
        sa.Column("quantity", sa.String(length=10), nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.Column("gateways", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("made_by", sa.String(length=22), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["experiment_id"], ["experiments.id"], name=op.f("fk_drafts_experiment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_drafts_made_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint(
            "experiment_id", "asset", "field", "number", name=op.f("uq_drafts_experiment_id_asset_field_number")
        ),
    )
    op.create_table(
        "draft_entries",
        sa.Column("draft_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=500), nullable=False),
        sa.Column("made", sa.String(length=40), nullable=False),
        sa.Column("edit", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_draft_entries_draft_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft_id", "position", name=op.f("pk_draft_entries")),
        sa.UniqueConstraint("draft_id", "key", name=op.f("uq_draft_entries_draft_id_key")),
    )


def downgrade() -> None:
    """Go back to the schema before."""
    op.drop_table("draft_entries")
    op.drop_table("drafts")
