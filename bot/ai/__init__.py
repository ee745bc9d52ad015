"""Language models behind one Protocol. Provider names live here alone."""
