"""The kit against ERPs that keep the contract, and ERPs that do not."""
