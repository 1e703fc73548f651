"""The synthetic Trust: made-up patients, episodes, letters and coders, the same for the same seed, with the truth kept."""
