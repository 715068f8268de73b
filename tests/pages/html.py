"""What a screen shows as HTML."""

from streamlit.testing.v1 import AppTest

from pages._ui.shared.everywhere import SCRIPT


def html(app: AppTest) -> list[str]:
    """The bodies from top to bottom, without what every screen begins with."""
    bodies = [element.proto.body for element in app.get("html")]
    return [body for body in bodies if SCRIPT not in body]
