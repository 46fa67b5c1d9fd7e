"""How a downloaded network is used: the lines that classify a picture with it."""

from core.config import CIFAR10_CLASSES, DIGITS_CLASSES, IMAGE_SHAPE

CLASSES = {"cifar10": CIFAR10_CLASSES, "digits": DIGITS_CLASSES}
"""Family of data sets to the classes, in the order of a network's outputs."""


def usage_code(file: str, family: str, *, picture: str = "picture.jpg") -> str:
    """Return five lines of Python that say what a picture shows, with no more than Keras.

    Args:
        file: name of the `.keras` file.
        family: of the data the network was trained on, see `CLASSES`.
        picture: name of the picture's file; of another shape than square its middle is taken.
    """
    names = ", ".join(f'"{name}"' for name in CLASSES[family])
    return (
        "import keras\n"
        f'network = keras.models.load_model("{file}")\n'
        f'image = keras.utils.load_img("{picture}", target_size={IMAGE_SHAPE[:2]}, interpolation="lanczos", '
        "keep_aspect_ratio=True)\n"
        "logits = network.predict(keras.utils.img_to_array(image)[None] / 255)  # pixels in 0..1\n"
        f"print([{names}][logits.argmax()])\n"
    )
