"""What services measure and trace. Names, units and attributes: docs/guides/observe.md."""
