"""Stages of a batch at another partner's site than its maker's."""
