"""The responsibility matrix of a quality agreement: who does what, as each side sees it."""
