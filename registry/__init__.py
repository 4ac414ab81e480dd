"""The record: what we disclose, to whom we owe it, and proof of when."""
