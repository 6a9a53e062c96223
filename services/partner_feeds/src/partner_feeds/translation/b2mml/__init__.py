"""Batch records, performances and lots in B2MML or BatchML into records of ours."""

from partner_feeds.translation.b2mml.walk import translate_records

__all__ = ["translate_records"]
