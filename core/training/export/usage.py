"""How a downloaded network is used: the lines that have it classify a picture."""

import json
from collections.abc import Sequence

from core.config import IMAGE_SHAPE


def asking_code(class_names: Sequence[str], *, picture: str = "picture.jpg") -> str:
    """Return three lines of Python that say what a picture shows to a loaded `network`, with no more than Keras.

    Args:
        class_names: in the order of the network's outputs.
        picture: name of the picture's file; of another shape than square its middle is taken.
    """
    names = ", ".join(json.dumps(name) for name in class_names)
    return (
        f'image = keras.utils.load_img("{picture}", target_size={IMAGE_SHAPE[:2]}, interpolation="lanczos", '
        "keep_aspect_ratio=True)\n"
        "logits = network.predict(keras.utils.img_to_array(image)[None] / 255)  # pixels in 0..1\n"
        f"print([{names}][logits.argmax()])\n"
    )
