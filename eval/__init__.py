"""Questions with known answers: measures, gate, report.

This room may use all the others; nothing uses it.
"""
