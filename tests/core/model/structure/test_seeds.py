from core.model.structure.architecture import Architecture
from core.model.structure.seeds import initial_seeds


def test_every_layer_with_random_numbers_has_a_seed_of_its_own() -> None:
    seeds = initial_seeds(Architecture.tutorial(), 0)
    assert list(seeds) == ["conv2d", "conv2d_1", "conv2d_2", "dense", "dense_1"]
    assert len(set(seeds.values())) == 5
    assert seeds != initial_seeds(Architecture.tutorial(), 1)
