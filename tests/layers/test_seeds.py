from homodal.layers.seeds import seed_for


def test_each_purpose_and_each_seed_has_its_own_and_keeps_it():
    purposes = ("modality dropout", "noise of gradients", "hiding of leading columns")
    seeds = {seed_for(seed, purpose) for seed in range(100) for purpose in purposes}
    assert len(seeds) == 300
    assert all(0 <= seed < 2**31 for seed in seeds)
    # the generators of a run that goes on begin where they began
    assert seed_for(0, "modality dropout") == seed_for(0, "modality dropout")
