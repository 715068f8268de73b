"""Lists as pupils bring them, of four kinds, composed by rule: each item is put together from parts
by a seeded generator, so that a kind has as many items as are asked for and nobody's list is kept
here. They are made up: some happen to exist.
"""

import random
from collections.abc import Callable


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TOWN_HEADS = _parts(
    "Besan Orl Per Mâc Avi Al Lim Ang Chât Mont Beau Cler Vill Roch Va Bri Cor Dra Guér Hon Lan "
    "Mor Nér Pont Quim Rou Sau Ter Us Vier Ét Évr Bél Cré Dî Fé Gué Lé Mé Né Pé Sé"
)
TOWN_ENDS = _parts(
    "çon éans igueux on gnon ès oges ers eauroux luçon vais mont eneuve efort lence ançon rèze "
    "guignan et fleur gres laix ac ivy per en mur gnier sel zon ampes eux ers teil pe n"
)
TOWN_TAILS = ("sur-Loire", "sur-Mer", "les-Bains", "en-Forêt", "la-Forêt", "le-Château", "l’Abbaye")
SAINTS = _parts(
    "Étienne Rémy André Aubin Hélène Denis Malo Brieuc Lô Cloud Germain Émilion Gérard Nazaire "
    "Médard Céré Fargeau Thélo Agnès Bénin"
)
DINO_HEADS = _parts(
    "tyranno bronto stego tricera bary allo mega pachy proto archaeo carno cerato cory dilo diplo "
    "draco edmonto eo giga gorgo hadro igua kentro lambeo maia micro nano nodo ornitho ovi para "
    "penta pino plateo psittaco rapto salta segno sino spino stru styra tarbo theri thescelo toro "
    "trodo utah veloci vulca xeno yango zuni"
)
DINO_MIDDLES = (
    "",
    "",
    "",
    *_parts(
        "lopho cephalo ptero rhino cheiro odonto nycho mimo bato cerco derma gnatho lepto macro "
        "ophthalmo podo rhampho spondylo tholo thero"
    ),
)
DINO_ENDS = ("saurus", "saurus", "saurus", "raptor", "ceratops", "mimus", "don", "titan", "venator")
SURNAME_HEADS = _parts(
    "Ash Black Brad Brook Burn Carl Chap Clay Cole Craw Cross Dal Dawn East El Fair Farn Fen Ford "
    "Gar Gold Graf Green Hal Ham Hart Hay Heath Hig Hol Hunt Jack Kel Kings Lang Lin Long Mar Mel "
    "Mill Mor Nor Oak Pem Pres Rad Red Rich Ridge Rock Row San Shel Sher Sil Sten Stock Stan Sut "
    "Thorn Til Wal Ward Wes Whit Wil Win Wood Wor York"
)
SURNAME_MIDDLES = ("", "", "", "", "er", "ing", "en", "el", "low", "by")
SURNAME_ENDS = _parts(
    "son ton ley ford well field man wood worth burn by ham bridge more stead wick er s land croft "
    "den shaw gate dale mere cott ridge stone low hurst brook way smith"
)
PRODUCT_HEADS = _parts(
    "Nova Zen Aqua Lumi Terra Velo Opti Flex Hydro Sola Kino Maxi Poly Quanta Rapi Sono "
    "Tempo Ultra Vita Xeno Aero Brio Clari Dura Ergo Fresh Glo Helio Inno Jet Kool Logi Mono "
    "Neo Orbi Pura Robo Stella Turbo Uni Vivo Wave"
)
PRODUCT_ENDS = _parts(
    "ra tix max fix lux pad pod line clean soft pure mate care form go lite matic vue cell tron "
    "phone grip flow shine dent cut press wash"
)
PRODUCT_MODELS = ("", "", "", " Pro", " Plus", " Mini", " XL", " 2000", " Active", " Home")


def _town(r: random.Random) -> str:
    name = r.choice(TOWN_HEADS) + r.choice(TOWN_ENDS)
    if r.random() < 0.25:
        name = f"{r.choice(('Saint', 'Saint', 'Sainte'))}-{r.choice(SAINTS)}"
    return f"{name}-{r.choice(TOWN_TAILS)}" if r.random() < 0.25 else name


def _dinosaur(r: random.Random) -> str:
    whole = r.choice(DINO_HEADS) + r.choice(DINO_MIDDLES) + r.choice(DINO_ENDS)
    return whole.capitalize()


def _surname(r: random.Random) -> str:
    head = r.choice(("Mac", "O’", "Fitz")) if r.random() < 0.06 else ""
    return head + r.choice(SURNAME_HEADS) + r.choice(SURNAME_MIDDLES) + r.choice(SURNAME_ENDS)


def _product(r: random.Random) -> str:
    return r.choice(PRODUCT_HEADS) + r.choice(PRODUCT_ENDS) + r.choice(PRODUCT_MODELS)


KINDS: dict[str, Callable[[random.Random], str]] = {
    "towns": _town,
    "dinosaurs": _dinosaur,
    "surnames": _surname,
    "products": _product,
}


def items(kind: str, count: int, seed: int = 0) -> list[str]:
    """So many different items of a kind, at most as many as it has."""
    make, generator = KINDS[kind], random.Random(seed)
    found: dict[str, None] = {}
    for _ in range(100 * count):
        found.setdefault(make(generator))
        if len(found) == count:
            break
    return list(found)
