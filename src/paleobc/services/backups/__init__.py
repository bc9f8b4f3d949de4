"""Backups of an installation while it runs, and an installation made of one."""
