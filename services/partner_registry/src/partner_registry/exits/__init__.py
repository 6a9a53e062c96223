"""How the relation with a partner ends: by a checklist that two people of two functions answer for."""
