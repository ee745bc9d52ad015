"""Why a reply failed, so that whoever ends it after a crash says the same."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("turns", sa.Column("failure", sa.Text(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
