"""What partner LIMS and MES systems send, translated into our language."""
