"""What the parameters of Make a lesson may hold."""

from pages._ui.shared.kinds import Kind, Text

PARAMETERS: dict[str, Kind] = {
    "lesson_builder-of": Text(12_000),
}
