"""How closely the sponsor looks at a site, and what its partner is told of that."""
