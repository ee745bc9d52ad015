"""The edit budget as pure decisions: one window, plans, bursts and replicas."""
