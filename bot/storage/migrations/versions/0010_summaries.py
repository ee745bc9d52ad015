"""What stands for the beginning of long sessions, and the tokens that providers counted."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    session = sa.ForeignKey("sessions.id", name="fk_summaries_session_id", ondelete="CASCADE")
    op.create_table(
        "summaries",
        sa.Column("session_id", sa.Text, session, primary_key=True),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("upto", sa.Integer, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("messages", sa.Integer, nullable=False),
        sa.Column("replies", sa.Integer, nullable=False),
        sa.Column("room", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.add_column("turns", sa.Column("tokens", sa.Integer))
    op.add_column("sessions", sa.Column("summarised", sa.Integer, nullable=False, server_default="0"))
    op.add_column("notes", sa.Column("summarised", sa.Integer, nullable=False, server_default="0"))
