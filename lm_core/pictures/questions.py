"""The course's questions about boxes that have one answer, with why."""

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
