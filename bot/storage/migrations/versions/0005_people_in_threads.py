"""Who is answered in a session's thread, what stood above, and what kind of turn each is."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("answers", sa.Text, nullable=False, server_default="by_people"))
    op.add_column("sessions", sa.Column("people", sa.Integer, nullable=False, server_default="1"))
    op.add_column("sessions", sa.Column("above", sa.Integer, nullable=False, server_default="0"))
    op.add_column("turns", sa.Column("kind", sa.Text, nullable=False, server_default="said"))
    op.add_column("turns", sa.Column("speaker", sa.Text))
    op.add_column("turns", sa.Column("wants_answer", sa.Boolean, nullable=False, server_default="1"))
