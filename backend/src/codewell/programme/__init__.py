"""The year's programme of audits: what is planned, what draws itself, what was missed."""
