"""What the parameters of Generate text and Generate names may hold."""

from pages._ui.shared.kinds import HOT, LABEL, SEED, Kind, Number, Switch, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "generate_text-model": LABEL,
    "generate_text-prompt": Text(20_000),
    "generate_text-seed": SEED,
    "generate_text-temperature": HOT,
    "generate_text-top_k": Whole(0, 100),
    "generate_text-top_p": Number(0.0, 1.0),
    "generate_text-min_p": Number(0.0, 1.0),
    "generate_text-typical": Number(0.0, 1.0),
    "generate_text-repetition_penalty": Number(0.1, 10.0),
    "generate_text-no_repeat": Whole(0, 100),
    "generate_text-stop_at": Text(100),
    "generate_text-length": Whole(1, 2000),
    "generate_text-look": LABEL,
    "generate_text-branches": Whole(1, 4),
    "generate_text-samples": Whole(2, 8),
    "generate_text-width": Whole(1, 5),
    "generate_text-beam_length": Whole(1, 30),
    "generate_text-penalty": Number(0.0, 2.0),
    "generate_text-beside": Switch(),
    "generate_text-token": Whole(1, 2000),
    "generate_names-models": Text(600, times=4),
    "generate_names-begins": Text(20),
    "generate_names-temperature": HOT,
    "generate_names-seed": SEED,
    "generate_names-batches": Whole(1, 25),
    "generate_names-name": Text(60),
    "generate_names-scorer": LABEL,
}
