"""Test cases of rules: small pools with the expected associations, and how often each part of a rule is decisive."""
