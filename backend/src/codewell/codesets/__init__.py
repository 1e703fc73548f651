"""ICD-10 and OPCS-4 editions."""
