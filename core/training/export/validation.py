"""The lines of Python that measure a downloaded network on a run's validation images: one point of its curves."""

from core.data import registry
from core.training.export.keras_file import keras_name
from core.training.export.loading import loading_code
from core.training.runs.snapshot import Snapshot


def validation_code(snapshot: Snapshot) -> str:
    """Return Python that makes `loss` and `accuracy` of a snapshot, with no more than Keras and NumPy."""
    config = snapshot.run.config
    recipe, about = config.recipe, registry.row(config.dataset).about
    if recipe.validation == "test":
        code, validation = loading_code(about), "validation_images, validation_labels = test_images, test_labels\n"
    else:
        code = loading_code(about, functions=[("core.training.data", "choose")])
        validation = (
            f"train, held_out = choose(labels, part={recipe.held_out!r}, training_images=None, seed={config.seed})\n"
            "validation_images, validation_labels = images[held_out], labels[held_out]\n"
        )
    return f"""{code}

{validation}network = keras.models.load_model("{keras_name(snapshot.run, snapshot.epoch)}")
logits = network.predict(validation_images.astype("float32") / 255)  # pixels in 0..1
losses = keras.losses.sparse_categorical_crossentropy(validation_labels, logits, from_logits=True)
loss = float(np.mean(losses))
accuracy = float((logits.argmax(axis=1) == validation_labels).mean())
{_measured(snapshot)}print(f"loss {{loss:.4f}}, accuracy {{accuracy:.4f}}")
"""


def _measured(snapshot: Snapshot) -> str:
    """Return a remark on what Convscope measured, and on which pixels."""
    evaluation = snapshot.evaluation()
    if evaluation is None:
        return ""
    where = f" {snapshot.run.config.data_note}".rstrip()
    return f"# Convscope: loss {evaluation.loss:.4f}, accuracy {evaluation.accuracy:.4f}{where}\n"
