"""The files whose text is still kept are few, and are found without reading the others."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kept = sa.text("state = 'read' AND text <> ''")
    op.create_index("ix_evidence_texts", "evidence", ["session_id"], sqlite_where=kept, postgresql_where=kept)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
