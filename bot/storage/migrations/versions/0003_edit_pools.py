"""The edit budget that replicas share."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edit_pools",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "method", name=op.f("pk_edit_pools")),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
