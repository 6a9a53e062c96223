"""The legal entities of partners: who signs, holds authorisations and is sued."""
