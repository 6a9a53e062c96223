"""Results that were reported together: reviewed and approved as one."""
