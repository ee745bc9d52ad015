"""The edit budget at work, within one process and across replicas."""
