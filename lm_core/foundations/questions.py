"""The course's questions of its first weeks, and of boxes, that have one answer, with why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """Attributes:
    answer: places of what is right among the options; in an `ordered` question all of them, in
        their order.
    """

    asked: str
    options: tuple[str, ...]
    answer: tuple[int, ...]
    why: str
    ordered: bool = False

    @property
    def several(self) -> bool:
        """Whether more than one is to be chosen."""
        return len(self.answer) > 1

    def right(self, chosen: list[int]) -> bool:
        """Whether that is what was chosen, in any order unless the order is the question."""
        given = tuple(chosen) if self.ordered else tuple(sorted(chosen))
        return given == self.answer

    @property
    def said(self) -> str:
        """The answer as numbers, counted from 1."""
        return ", ".join(str(i + 1) for i in self.answer)


QUESTIONS: dict[str, Question] = {
    "import": Question(
        "Which line lets you write my_inv([[1, 2], [3, 4]])?",
        (
            "import scipy",
            "import scipy.linalg",
            "from scipy.linalg import my_inv",
            "from scipy.linalg import inv as my_inv",
        ),
        (3,),
        "The function is called inv there; “as” gives it the other name here.",
    ),
    "activations": Question(
        "Why does a network need activations?",
        (
            "They make it faster",
            "Without them all its layers are one linear map",
            "They keep the numbers between 0 and 1",
        ),
        (1,),
        "A product of matrices is a matrix: only a function that bends lets depth count.",
    ),
    "networks": Question(
        "Which of these are true?",
        (
            "A linear layer with a sigmoid after it is like logistic regression",
            "A network can only have two linear layers",
            "Softmax is used where there are several classes",
            "A linear layer takes as many numbers as the one before gives",
        ),
        (0, 2, 3),
        "A network may have as many layers as one likes.",
    ),
    "loop": Question(
        "What comes after what in a step of training?",
        (
            "Update the weights",
            "Compute the gradients",
            "Make the old gradients zero",
            "Compute the loss",
            "Let the batch through the network",
        ),
        (2, 4, 3, 1, 0),
        "Gradients add up in PyTorch: those of the last step are taken away first.",
        ordered=True,
    ),
    "relu": Question(
        "What does a ReLU give for a negative number?",
        ("The number", "0", "A small part of the number", "1"),
        (1,),
        "max(x, 0): a positive number stays, a negative one becomes 0.",
    ),
    "dying": Question(
        "Which trouble comes with ReLU that a sigmoid does not have?",
        ("Its gradient vanishes at both ends", "Neurons die", "It is slow to compute"),
        (1,),
        "A neuron that is below zero for every example has slope 0 and never changes again.",
    ),
    "tuning": Question(
        "How is a trained network tuned to another task?",
        (
            "Train with a smaller learning rate",
            "Freeze some of the layers",
            "Load its trained weights",
            "Find a model of a similar task",
            "Look at the loss, and at whether the rate fits",
        ),
        (3, 2, 1, 0, 4),
        "What is frozen are the early layers: they see what both tasks have in common.",
        ordered=True,
    ),
    "unbalanced": Question(
        "One class is rare. Which figure tells whether it is found?",
        ("Accuracy", "F1"),
        (1,),
        "A model that never says the rare class is right nearly always.",
    ),
    "overfitting": Question(
        "The training loss is low and the validation loss high. What is that?",
        ("Underfitting", "Overfitting", "A learning rate too small"),
        (1,),
        "It knows its examples by heart. If both losses were high, it would be underfitting.",
    ),
}


OF_BOXES: dict[str, Question] = {
    "box": Question(
        "What does a bounding box say of a thing?",
        (
            "Which pixels belong to it",
            "What its outline is",
            "The rectangle that it lies in, by four numbers",
        ),
        (2,),
        "Two corners, or one corner with width and height. Pixel by pixel is what a mask says.",
    ),
    "loss": Question(
        "A network gives the four numbers of a box. Which loss fits?",
        ("Cross-entropy", "The mean squared error, or its root", "Accuracy"),
        (1,),
        "They are quantities and no classes: what counts is how far each is off.",
    ),
    "paper": Question(
        "Which of these belong to R-CNN, as it was published?",
        (
            "Regions proposed by selective search",
            "Each region brought to 227 × 227 pixels",
            "Features by an AlexNet",
            "An SVM for each class",
            "Anchors that the network learns",
        ),
        (0, 1, 2, 3),
        "Girshick and others, 2014. Anchors came with Faster R-CNN, which proposes regions itself.",
    ),
    "iou": Question(
        "Is the intersection over union a metric or a loss?",
        ("A metric", "A loss"),
        (0,),
        "Where two boxes do not touch it is 0 however far apart they are: it has no slope to learn "
        "from, and judges what was learned.",
    ),
}
