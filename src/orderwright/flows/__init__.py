"""Verbs that touch several slices in one transaction. Each reads as its story: lock, decide, let each slice write."""
