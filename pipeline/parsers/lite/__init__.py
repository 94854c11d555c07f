"""The embedded default parser."""
