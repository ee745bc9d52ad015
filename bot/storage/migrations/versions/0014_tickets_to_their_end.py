"""Texts for clients, files that are attached to tickets, briefs of escalations, and whose notes are posted."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pushes", sa.Column("files", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("pushes", sa.Column("client_text", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("house_rules", sa.Column("post_from", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "client_texts",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_client_texts_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_client_texts")),
    )
    op.create_table(
        "briefs",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_briefs_session_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_briefs")),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
