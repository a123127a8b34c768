"""The commands of `keapsync`, one file each."""
