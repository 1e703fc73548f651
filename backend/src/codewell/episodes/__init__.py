"""Patients, hospital provider spells, finished consultant episodes (FCEs), their documents, and the SUS timetable."""
