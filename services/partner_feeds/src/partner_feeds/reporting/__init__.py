"""From records to published facts: codes become ids, and known records are dropped."""
