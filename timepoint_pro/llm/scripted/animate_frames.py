"""Lines for beings without words. ``{B}`` and ``{b}`` are the being's name, ``{n}`` somebody present, ``{last}`` who
spoke last, ``{dear}`` whom it is drawn to, ``{a}`` what it turns to, ``{f}`` a fact."""

from __future__ import annotations

FIRST: dict[str, dict[str, tuple[str, ...]]] = {
    "animal": {
        "tense": (
            "{B} stops in mid-step, one foot off the ground.",
            "{B} gets up all at once and stands with its back to the wall.",
            "{B} goes flat against the floor and does not blink.",
            "{B} backs away, slowly, without turning round.",
            "{B} walks up and down along the edge of the light.",
            "A low sound comes out of {b} and stops again.",
            "{B} looks at the door, then at the voices, then at the door.",
            "{B} has moved nearer to the way out.",
            "{B} shakes itself as if it had been wet.",
        ),
        "low": (
            "{B} has laid its head down and watches from there.",
            "{B} turns its back and lies still.",
            "{B} leaves what was put down for it.",
            "{B} sits a little apart and waits for something that does not come.",
            "{B} gets up, finds no better place, and lies down in the old one.",
            "{B} breathes out, long, like somebody tired.",
            "{B} has not moved for some time.",
        ),
        "warm": (
            "{B} comes closer than it has been yet and sits down.",
            "{B} stretches, front and then back, and takes its time over it.",
            "{B} rolls onto its side and lets itself be looked at.",
            "{B} makes a round of everybody there, one after the other.",
            "{B} has closed its eyes, though not the ears.",
            "{B} picks up something small, carries it three steps and leaves it there.",
            "{B} yawns with its whole face.",
        ),
        "calm": (
            "{B} stops where it is and listens.",
            "{B} crosses the place as if nobody were in it.",
            "{B} sits down and looks from one voice to the other.",
            "{B} smells at the ground where somebody stood before.",
            "{B} turns round once and lies down.",
            "{B} lifts its head, holds it there, and puts it down again.",
            "{B} washes one foot with great care.",
            "{B} follows something with its eyes that nobody else has noticed.",
        ),
    },
    "building": {
        "tense": (
            "Something in {b} gives a crack, once, like a knuckle.",
            "A door in {b} that was shut stands open by a hand.",
            "Dust comes down from {b} in a thin line.",
            "The floor of {b} answers a step that nobody took.",
            "A draught goes through {b} and puts every paper out of order.",
            "All over {b} the wood is at work, quick and dry.",
        ),
        "low": (
            "It has grown dark in the corners of {b}.",
            "Somewhere in {b} water is dripping, slowly, into something that is full.",
            "The cold comes up through the boards of {b}.",
            "{B} is so quiet that the pauses can be heard.",
            "A shutter of {b} moves and has not the wind to close.",
        ),
        "warm": (
            "The light has come round and lies across the whole floor of {b}.",
            "The beams of {b} give back the warmth of the day.",
            "{B} smells of its old wood, as it does when people stay.",
            "The voices carry well in {b}, as if it had been built for these.",
            "A bird that lives under the roof of {b} goes in and out.",
        ),
        "calm": (
            "{B} settles a little, as it does at this hour.",
            "Something ticks in the roof of {b}, evenly.",
            "The shadow of a beam moves over the floor of {b}.",
            "A board in {b} gives, and comes back.",
            "The old doors of {b} move with the air and are still.",
            "In {b} one can hear how far away the road is.",
        ),
    },
    "environment": {
        "tense": (
            "The wind turns, and everything about {b} turns with it.",
            "All at once nothing moves in {b}, not one leaf.",
            "A branch comes down from {b}, though the air is still.",
            "The birds go up out of {b}, all together.",
            "A dry rattle runs through {b} from one side to the other.",
            "The light on {b} goes grey between two sentences.",
        ),
        "low": (
            "Drops fall from {b} long after the rain.",
            "{B} stands with everything hanging.",
            "A few leaves let go of {b}, one by one, without wind.",
            "Mist has come as far as {b} and stays.",
            "What lies under {b} smells of wet earth.",
        ),
        "warm": (
            "The sun gets through {b} and makes spots on everybody's hands.",
            "There is a humming in {b}, high up, of very many small wings.",
            "A light wind goes through {b} and out on the other side.",
            "Something is in flower in {b}; it comes and goes with the air.",
            "{B} throws more shade than one would think.",
        ),
        "calm": (
            "{B} moves a little, and one hears how big it is.",
            "A seed comes down from {b}, turning.",
            "The air about {b} is cooler than elsewhere.",
            "Something small runs up {b} and is gone.",
            "The shadow of {b} has come a foot nearer.",
            "{B} creaks, low down, where it is oldest.",
        ),
    },
    "kami": {
        "tense": (
            "Every flame before {b} leans the same way, and there is no wind.",
            "The bell of {b} sounds once, and nobody is at the rope.",
            "The paper strips before {b} shake, all but one.",
            "The water in the basin before {b} draws a ring around nothing.",
            "For the length of a breath no sound comes from outside.",
            "The mirror of {b} has gone dull, as if somebody had breathed on it.",
            "Salt runs out of its dish before {b}, in a line towards the door.",
        ),
        "low": (
            "The lamp of {b} burns lower, though there is oil in it.",
            "The flowers before {b} have shut, all in the same hour.",
            "It smells of rain before {b}, under a clear sky.",
            "The rope before {b} hangs as heavy as a wet one.",
            "A moth goes round the lamp of {b} and does not go in.",
        ),
        "warm": (
            "The air before {b} is warm, as near somebody asleep.",
            "The small bells before {b} touch, hardly, one after the other.",
            "Light stands on the mirror of {b} that comes from no window.",
            "The steam of the offering goes up before {b} without a bend in it.",
            "It smells of new rice straw before {b}, out of season.",
        ),
        "calm": (
            "A leaf lies before {b} that was not there, the stem towards the people.",
            "The shadow before {b} is one more than there are people.",
            "Before {b} the dust has been swept in circles, and nobody has swept.",
            "The paper strips before {b} stir, from one end to the other.",
            "A drop falls into the basin before {b}, and after a long time another.",
            "The flame before {b} stands up straight and listens.",
        ),
    },
    "object": {
        "tense": (
            "{B} shakes, hardly to be seen.",
            "There is a knock from {b}, from inside.",
            "{B} has slipped a finger's breadth from where it stood.",
            "A crack in {b} that nobody remembers catches the light.",
        ),
        "low": (
            "A film of damp has come over {b}.",
            "{B} stands as it was left, a little askew.",
            "{B} gives no sound when somebody brushes against it.",
        ),
        "warm": (
            "{B} shines where many hands have touched it.",
            "{B} is warm from the sun.",
            "{B} rings softly when the floor moves.",
        ),
        "calm": (
            "{B} stands where it has always stood.",
            "Light goes over {b} and off again.",
            "{B} gives a small sound of its own, and no more.",
            "There is dust on {b}, and the mark of one finger in it.",
        ),
    },
    "collective": {
        "tense": (
            "In {b} people have begun to finish each other's sentences.",
            "In {b} nobody laughs at what was funny last week.",
            "In {b} doors are shut that stood open all year.",
            "All over {b} people ask each other the same thing and look away.",
        ),
        "low": (
            "In {b} people go home early and do not say why.",
            "There is a tiredness in {b} that sleep does not mend.",
            "In {b} the greetings have become short.",
        ),
        "warm": (
            "In {b} people stop on the way and stay a while.",
            "All over {b} one hears of it, and mostly gladly.",
            "In {b} there is more lending than asking these days.",
        ),
        "calm": (
            "In {b} the day goes as days go.",
            "In {b} they wait, as people wait who have waited before.",
            "In {b} this is talked of, but not first.",
            "In {b} most have made up their minds and would like to be asked.",
        ),
    },
}  # fmt: skip

SECOND: dict[str, tuple[str, ...]] = {
    "animal": (
        "It looks at {last} until {last} looks back.",
        "It keeps {n} in the corner of its eye.",
        "Then it goes and sits by {dear}.",
        "Its eyes are on {a}.",
        "It has turned towards {a} and stays so.",
        "What it wants, if it wants anything, is by {a}.",
        "It goes once round {n} and back.",
        "When {last} has done speaking, it moves its ears.",
        "It passes close by {dear}, on purpose.",
        "Then it looks at {a}, and away again, quickly.",
    ),
    "building": (
        "It might have begun at {a}.",
        "{last} looks up at it.",
        "One could think that it came from {a}.",
        "{n} puts a hand on the wood without knowing it.",
    ),
    "environment": (
        "{n} turns round to see.",
        "{last} has to begin the sentence again.",
        "Nobody stands nearer to it than {n}.",
        "It may have begun at {a}.",
        "{n} is the only one to look up.",
    ),
    "kami": (
        "{n} has seen it, and says nothing.",
        "It is nearest to {dear}.",
        "By {a} it is to be felt most.",
        "The same has happened at {a}, they say, once before.",
        "{n} looks at it longer than the others do.",
        "{n} bows the head a little, perhaps out of habit.",
    ),
    "object": (
        "{n} looks at it and away.",
        "It points towards {a}, as far as it points anywhere.",
        "{last} steps round it.",
    ),
    "collective": (
        "The name that one hears is {n}'s.",
        "What {last} says here will be there before evening.",
        "It comes up by {a}, always by {a}.",
    ),
}

TOLD: dict[str, tuple[str, ...]] = {
    "kami": (
        "A slip of paper has come out of the box before {b}, and there is one line on it: {f}.",
        "Before {b} somebody reads from the ashes what they spell, and hardly believes it: {f}.",
        "The child who keeps the lamp of {b} says in her sleep: {f}.",
        "The wind before {b} turns the book of the shrine to a page with one line: {f}.",
    ),
    "collective": (
        "In {b} it is said by many at once: {f}.",
        "Ask anybody in {b}, and you hear it: {f}.",
        "What goes round in {b} is this: {f}.",
    ),
}

NOTICED: dict[str, tuple[str, ...]] = {
    "tense": (
        "You all saw that.", "Even {b} feels it.", "I don't like that sign.", "There. That wasn't nothing.",
        "{B} knows something.", "Let's not pretend we missed that.",
    ),
    "calm": (
        "{B} is listening to us.", "We aren't alone with this, it seems.", "I take that as a yes to go on.",
        "{B} is still with us.", "Let's mind who else is here.", "{B} has had its say, then.",
    ),
}  # fmt: skip
