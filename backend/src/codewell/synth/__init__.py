"""The synthetic Trust: made-up patients, letters and coders, the same for the same seed, truth kept."""
