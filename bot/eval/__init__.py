"""Scoring ticket notes: sessions of the field, and what notes of them must hold and must not. No model judges."""
