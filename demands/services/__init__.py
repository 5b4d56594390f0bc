"""Writes about demands, by what they are about."""
