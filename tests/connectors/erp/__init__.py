"""Tests of the ERP's connector."""
