"""Learning needs from findings, auditors' logbooks and trainees' progression."""
