"""What others have published on telling an age, as seed 002 tells of it; none of it is built."""

import streamlit as st

from pages._ui.shared.tables import show_table

METHODS = (  # name, what an age is to it where that is told, the idea, its figures, code
    (
        "SwinFace",
        "",
        "one Swin Transformer for four tasks, with a part for each and attention that chooses "
        "among levels of features",
        "error 0.22 on CLAP2015; 90.97 % of expressions right on RAF-DB",
        "lxq1000/SwinFace",
    ),
    (
        "Unraveling the Age Estimation Puzzle",
        "one class of many",
        "a benchmark: alignment, coverage, resolution, architecture and amount of data often "
        "matter more than the method, and plain cross-entropy is enough",
        "",
        "paplhjak/facial-age-estimation-benchmark",
    ),
    (
        "MiVOLO",
        "",
        "a vision transformer that sees the face and the person, and says age and gender, even "
        "where the face is hidden",
        "",
        "WildChlamydia/MiVOLO",
    ),
    (
        "CORAL",
        "one rank of many",
        "a yes or no for each age, is it older than that, with one weight for all of them, so that "
        "the answers never contradict each other",
        "",
        "Raschka-research-group/coral-cnn",
    ),
    (
        "Deep Regression Forests",
        "one number",
        "a network parts the faces and trees fit each part, both learned together",
        "",
        "Sumching/Deep_Regression_Forests",
    ),
    (
        "Adaptive Mean-Residue Loss",
        "one distribution",
        "the mean of the distribution is to be the age, and what is left outside its highest ages "
        "is to be little; tested on FG-NET and CLAP2016",
        "",
        "jacobzhaoziyuan/AMR-Loss",
    ),
    (
        "FaceXFormer",
        "",
        "an encoder and a decoder with a token for each task: parts, landmarks, pose, attributes, "
        "age and more",
        "",
        "Kartik-3004/facexformer",
    ),
)
COLLECTIONS = (  # name, pictures, people, youngest, oldest, what else is said
    ("MORPH", 55_134, 13_617, 16, 77, ""),
    ("Adience", 26_580, 2_284, None, None, "eight groups of ages, five splits, and a gender"),
    ("CACD", 163_446, 2_000, None, None, "celebrities; an age is the year less the year of birth"),
    ("FG-NET", 1_002, 82, 0, 69, "the same people up to 45 years apart"),
    ("UTKFace", 20_000, None, 0, 116, "over so many; age, gender and ethnicity; its own"),
)


def look() -> None:
    """Two tables, and what of them is in this lab."""
    import pandas as pd

    st.write(
        "Before it chooses a ResNet-50 that says one number, the source of this lab (002) looks at "
        "seven publications. Where it tells what an age is to them, no two agree: a class, a row "
        "of ranks, a number, a distribution."
    )
    columns = [
        "name of the publication",
        "an age is",
        "the idea of it",
        "figures it reports",
        "its code",
    ]
    table = pd.DataFrame(METHODS, columns=columns)
    show_table(table.drop(columns="the idea of it"), whole=table, key="ages-others")
    st.markdown("\n".join(f"- **{name}**: {idea}." for name, _, idea, *_ in METHODS))
    st.caption(
        "As told by seed 002, lines 39 to 118; the figures are those of the publication, measured "
        "on its own data, and none of these methods is built here."
    )
    st.header("Collections of faces")
    columns = ["name of the collection", "number of pictures", "number of people"]
    columns += ["youngest in years", "oldest in years", "what else is said"]
    table = pd.DataFrame(COLLECTIONS, columns=columns)
    table = table.astype(dict.fromkeys(columns[1:5], "Int64"))
    show_table(table, key="ages-collections")
    st.caption("Also as told by seed 002. None of them comes with this lab.")
    st.markdown(
        "**What to notice.** Errors on different collections do not compare: ages from 0 to 69 are "
        "another task than ages from 16 to 77. The benchmark among them says so, and here it can "
        "be seen under *Still to be tried*: what was learned from one collection is tested on "
        "another. The task of this lab takes an age for a number, and asks by how many years an "
        "answer is off."
    )
