"""What is known of a data set before any of its images is read."""

from dataclasses import dataclass

CUSTOM = "custom"
"""The recipe without a name: every data set can be trained on with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How an exported script gets the images, without Convscope.

    Attributes:
        code: Python lines that make `images`, `labels`, `test_images` and `test_labels`, uint8 (n, 32, 32, 3) in 0..255
            and (n,). NumPy and Keras are imported before.
        functions: those of Convscope that the lines call, by module and name; the script embeds them.
        imports: the import statements that the lines need besides.
        packages: what is needed besides Keras, TensorFlow and NumPy, as pip calls it.
    """

    code: str
    functions: tuple[tuple[str, str], ...] = ()
    imports: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What there is to say of a data set, and what suits it. Everything else that asks which one it is asks here.

    Attributes:
        name: key in the registry and in links, for example "cifar10".
        title: what a visitor reads, for example "CIFAR-10".
        class_names: in the order of the labels; empty where they are known only with the images.
        recipes: names of the recipes that suit it, the usual one first.
        largest_batch: the most images a batch may hold where there are few in all; None for any number.
        source: how an exported script gets its images.
        image_code: Python lines that load one image as `image`, float64 in 0..1; with {split} and {index}.
        tutorial_note: how its shapes and first labels differ from what the tutorial prints.
        remark: one more sentence about its images; may be empty.
        is_tutorials: whether these are images that the tutorial works with.
        absent: what to tell whoever follows a link to it while it is not at hand.
        stands_in_for: name of the data set that it is shown instead of; empty for one that is shown for itself.
    """

    name: str
    title: str
    class_names: tuple[str, ...] = ()
    recipes: tuple[str, ...] = (CUSTOM,)
    largest_batch: int | None = None
    source: Source
    image_code: str
    tutorial_note: str
    remark: str = ""
    is_tutorials: bool = False
    absent: str = ""
    stands_in_for: str = ""
