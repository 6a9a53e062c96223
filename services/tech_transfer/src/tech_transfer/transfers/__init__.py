"""Transfers of a process or of methods to a partner's site."""
