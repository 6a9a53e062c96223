"""Who somebody is: the issuer's keys, its tokens, and what an installation must say of them."""
