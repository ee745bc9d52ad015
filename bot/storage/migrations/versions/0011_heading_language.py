"""The language of the four headings of ticket notes, for each workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("house_rules", sa.Column("headings", sa.Text, nullable=False, server_default="english"))
