"""The numbers by which others know partners, their legal entities and sites."""
