"""For how many days a workspace keeps concluded sessions, where that was set for it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("retention_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
