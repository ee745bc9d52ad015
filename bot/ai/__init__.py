"""Language models behind one Protocol; provider names live here alone."""
