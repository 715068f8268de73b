"""The course's questions about boxes, masks and GANs that have one answer, with why."""

from lm_core.foundations.questions import Question

BOXES: dict[str, Question] = {
    "truth": Question(
        "Which of these is true?",
        (
            "A box is given by the corners of all its four points: eight numbers",
            "Object detection only says where a thing is",
            "Boxes are both the labels of the training data and what the models say",
        ),
        (2,),
        "Two corners are enough, or one with a width and a height; and a detector says what it is, "
        "too.",
    ),
    "loss": Question(
        "By which loss can the numbers of a box be learned?",
        ("Cross-entropy", "Squared error, or its root", "Accuracy"),
        (1,),
        "They are numbers and no classes: the error is how far each is off.",
    ),
    "side": Question(
        "How many pixels has a picture that the network of R-CNN reads?",
        ("224 × 224", "227 × 227", "227 × 277"),
        (1,),
        "Each proposal is warped to 227 × 227, whatever its shape was.",
    ),
    "backbone": Question(
        "Which network gives R-CNN its features?",
        ("AlexNet", "ResNet", "U-Net"),
        (0,),
        "Trained on ImageNet before; its last linear layer is what the next module reads.",
    ),
    "classifier": Question(
        "What says the class of a proposal in the paper on R-CNN?",
        ("A softmax", "Support vector machines", "Nearest neighbours"),
        (1,),
        "One for each class, over the features of the network.",
    ),
    "proposals": Question(
        "What proposes the regions of R-CNN?",
        ("A sliding window", "Selective search", "Anchors"),
        (1,),
        "About 2,000 for a picture; anchors came with Faster R-CNN.",
    ),
    "metric": Question(
        "What is IoU when a detector is evaluated?",
        ("A metric", "The loss"),
        (0,),
        "It says how good a box is. Where two boxes do not touch it is 0 and has no slope.",
    ),
}

MASKS: dict[str, Question] = {
    "classes": Question(
        "The last layer of the fully convolutional network in the paper has 21 filters. Why 21?",
        ("21 pictures in a batch", "21 classes", "The picture is made 21 times smaller"),
        (1,),
        "One map of scores for each class: the 20 of PASCAL VOC, and the background.",
    ),
    "joined": Question(
        "By which operation does that network join the predictions of its layers?",
        ("Addition", "Laying them beside each other", "The larger of the two"),
        (0,),
        "They have the same shape once the coarser one is made larger. U-Net lays features beside "
        "each other instead.",
    ),
}

GAMES: dict[str, Question] = {
    "principle": Question(
        "How does a generative adversarial network learn?",
        (
            "The maker is shown which picture each noise belongs to",
            "Both networks make the same loss smaller together",
            "The maker tries to deceive the judge, and the judge tries not to be deceived",
        ),
        (2,),
        "Two players of one game: what one wins the other loses, and nobody says what is right.",
    ),
    "loss": Question(
        "Which loss does that of a GAN resemble?",
        ("Squared error", "Binary cross-entropy", "Cross-entropy over ten classes"),
        (1,),
        "The judge sorts into two classes, real and made; the maker's is the same with the label "
        "turned round.",
    ),
    "overfits": Question(
        "Does the maker simply learn the training data by heart?",
        ("Yes", "No"),
        (1,),
        "It never sees them: all it is told comes through the judge's gradient. Between two "
        "points of the noise it makes things that are in no data.",
    ),
}
