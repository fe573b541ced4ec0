"""A question: what counts as one."""

import unicodedata

from documents import Refusal

MOST_CHARACTERS = 2_000
MOST_PASSAGES = 100
USUAL_PASSAGES = 5

LAYOUT = "\t\n\r"


def checked_question(text: str) -> str:
    """Return the question without the white space around it.

    A question holds 1 to 2,000 characters, at least one letter or digit of any script, and no control
    characters but tab and line ends. Anything else is refused.
    """
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text if character not in LAYOUT):
        raise Refusal("the question holds control characters or broken Unicode; send plain text")
    question = text.strip()
    if not question:
        raise Refusal("the question is empty; ask something")
    if len(question) > MOST_CHARACTERS:
        raise Refusal(f"the question has {len(question):,} characters; the most is {MOST_CHARACTERS:,}")
    if not any(character.isalnum() for character in question):
        raise Refusal("the question holds no letter or digit; ask it in words")
    return question
