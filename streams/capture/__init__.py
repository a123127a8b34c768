"""Pollers: what changed on a side since the last look, published as Changes in one transaction with the cursor."""
