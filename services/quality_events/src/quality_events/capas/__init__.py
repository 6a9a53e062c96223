"""Corrective and preventive actions: what keeps a departure from coming back."""
