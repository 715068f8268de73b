"""The optional packages that the labs of pictures need for what is not written here."""

from importlib import import_module
from types import ModuleType

from lm_core.errors import Unsupported

COMMAND = "pip install -r requirements-beyond.txt"


def scikit_image() -> ModuleType:
    """Called before scikit-image is imported.

    Raises:
        Unsupported: it is not installed.
    """
    return _needed("skimage", "scikit-image")


def hugging_face() -> ModuleType:
    """The package transformers.

    Raises:
        Unsupported: it is not installed.
    """
    return _needed("transformers", "transformers")


def _needed(module: str, package: str) -> ModuleType:
    try:
        return import_module(module)
    except ImportError:
        raise Unsupported(
            f"This needs {package}, which is not installed here: {COMMAND} brings it."
        ) from None


def there() -> bool:
    """Whether scikit-image is installed."""
    try:
        scikit_image()
    except Unsupported:
        return False
    return True
