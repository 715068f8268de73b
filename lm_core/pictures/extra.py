"""The optional package that the image bench needs for what is not written here."""

from lm_core.errors import Unsupported

COMMAND = "pip install -r requirements-beyond.txt"


def scikit_image() -> None:
    """Called before scikit-image is imported.

    Raises:
        Unsupported: it is not installed.
    """
    try:
        import skimage  # noqa: F401
    except ImportError:
        raise Unsupported(
            f"This needs scikit-image, which is not installed here: {COMMAND} brings it."
        ) from None


def there() -> bool:
    """Whether it is installed."""
    try:
        scikit_image()
    except Unsupported:
        return False
    return True
