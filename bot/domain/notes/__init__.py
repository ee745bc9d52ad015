"""Ticket notes: their four sections, their record, and putting them together without a model."""
