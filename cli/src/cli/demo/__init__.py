"""The whole platform on one machine: started, filled with partners, and kept moving."""
