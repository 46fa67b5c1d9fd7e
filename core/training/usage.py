"""How a downloaded network is used: the lines that classify a picture with it."""

import json
from collections.abc import Sequence

from core.config import IMAGE_SHAPE


def usage_code(file: str, class_names: Sequence[str], *, picture: str = "picture.jpg") -> str:
    """Return five lines of Python that say what a picture shows, with no more than Keras.

    Args:
        file: name of the `.keras` file.
        class_names: in the order of the network's outputs.
        picture: name of the picture's file; of another shape than square its middle is taken.
    """
    return f'import keras\nnetwork = keras.models.load_model("{file}")\n{asking_code(class_names, picture=picture)}'


def asking_code(class_names: Sequence[str], *, picture: str = "picture.jpg") -> str:
    """Return the last three of these lines: what a picture shows to the `network` that is loaded already."""
    names = ", ".join(json.dumps(name) for name in class_names)
    return (
        f'image = keras.utils.load_img("{picture}", target_size={IMAGE_SHAPE[:2]}, interpolation="lanczos", '
        "keep_aspect_ratio=True)\n"
        "logits = network.predict(keras.utils.img_to_array(image)[None] / 255)  # pixels in 0..1\n"
        f"print([{names}][logits.argmax()])\n"
    )
