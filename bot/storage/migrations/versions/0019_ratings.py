"""What people think of replies and ticket notes, one row for each message and person."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ratings",
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "message", "user_id", name=op.f("pk_ratings")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_ratings_session_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_ratings_team_id_at"), "ratings", ["team_id", "at"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
