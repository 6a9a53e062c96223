"""Excursions of the process that makers' systems tell, until the maker's quality unit decided what each means."""
