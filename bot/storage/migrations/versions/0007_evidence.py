"""The files that people share in a session: what they are called, and what was read of them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    session = sa.ForeignKey("sessions.id", name="fk_evidence_session_id", ondelete="CASCADE")
    turn = sa.ForeignKey("turns.id", name="fk_evidence_turn_id", ondelete="CASCADE")
    op.create_table(
        "evidence",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, session, nullable=False),
        sa.Column("turn_id", sa.Text, turn, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("filetype", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("access", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("unread", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("left_out", sa.Text, nullable=False),
        sa.UniqueConstraint("turn_id", "position", name="uq_evidence_turn_id_position"),
    )
    op.create_index("ix_evidence_team_id_session_id", "evidence", ["team_id", "session_id"])
