"""How long jobs wait, who uses how much, when things were last used, and the indexes of a million sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":  # on PostgreSQL the jobs are procrastinate's, which keeps it in args
        op.add_column("jobs", sa.Column("enqueued_at", sa.Double(), nullable=True))
        op.add_column("jobs", sa.Column("coalesce", sa.Boolean(), nullable=True))
    op.add_column("homes", sa.Column("opened_at", sa.Double(), nullable=True))
    op.add_column("live_messages", sa.Column("touched_at", sa.Double(), nullable=True))
    op.create_index(op.f("ix_live_messages_touched_at"), "live_messages", ["touched_at"])
    by_bytes = {"key": "text_pattern_ops"}
    op.create_index("ix_live_messages_prefix", "live_messages", ["team_id", "key"], postgresql_ops=by_bytes)
    op.add_column("model_calls", sa.Column("user_id", sa.Text(), nullable=True))
    op.create_index(op.f("ix_model_calls_team_id_at"), "model_calls", ["team_id", "at"])
    op.create_index(op.f("ix_model_calls_at"), "model_calls", ["at"])
    op.create_index(op.f("ix_allowances_at"), "allowances", ["at"])
    op.create_index(
        op.f("ix_sessions_team_id_channel_status_opened_at"), "sessions", ["team_id", "channel", "status", "opened_at"]
    )
    waits = sa.text("thread IS NULL")
    op.create_index(
        "ix_sessions_opening", "sessions", ["team_id", "channel"], sqlite_where=waits, postgresql_where=waits
    )
    active = sa.text("status = 'active'")
    op.create_index("ix_sessions_idle", "sessions", ["active_since"], sqlite_where=active, postgresql_where=active)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
