"""Frames of five archetypes: lawyer, diplomat, safety_officer, doctor, journalist. See ``grammar``."""

from __future__ import annotations

MOVES: dict[str, dict[str, str]] = {
    "lawyer": {
        "open": """
I'd like the question on the record as it stands. {Q}
Whatever we decide, we should be able to show how. {Q}
""",
        "propose": """
I move that we {o}.
The course that can be defended is {on}.
To keep the process clean, we should {o}.
I'd put it in writing: we {o}.
""",
        "support": """
I can defend {on} before anybody.
{On} meets the duty that we have. I'm for it.
I find no gap in it. We {o}.
You have my consent to {on}, and you may minute it.
""",
        "oppose": """
{On} would not survive the first question in court.
The burden of proof is with those who want to {o}.
I see a liability in {on}, and I see our names on it.
Read that back to me. Are we really about to {o}?
On what authority do we {o}?
formal | I put it on the record that I advise against {on}.
""",
        "hold": """
That's an argument, not evidence. My advice remains {on}.
With respect, you've changed the question. I say we {o}.
Precedent doesn't bend because we're in a hurry. I stay with {on}.
""",
        "reason_for": """
It leaves a clean record.
It's what a careful person would have done.
It's the one course with a precedent behind it.
Afterwards, no one can say that we hid it.
It asks nothing of us that we'd have to hide.
It satisfies the letter and the purpose.
It keeps every door open that the law keeps open.
""",
        "reason_against": """
Somebody will read this back to us one day.
What isn't in writing didn't happen.
We'd each be liable, and severally.
The gap in the record is what they'll ask about.
I know of no precedent that helps us.
Due process isn't a courtesy.
Good intentions are no defence.
""",
        "ask_topic": """
{n}, what's in writing about {t}?
{n}, who knew what about {t}, and since when?
{n}, for the record, what can you say about {t}?
""",
        "ask_sure": """
{n}, do you know {h} of your own knowledge?
Is {h} in writing anywhere, {n}?
""",
        "concede": """
I withdraw the objection. {On}, then.
You've met the burden, {n}. We {o}.
On that showing I can't maintain my position. {On}, then.
""",
        "decide": """
Let the record show that we {o}.
The matter is decided: we {o}.
""",
    },
    "diplomat": {
        "open": """
I hope we can find a form of words for this. {Q}
Each of you has a point, and I'd like to hear them all. {Q}
""",
        "propose": """
Could both sides live with it if we {o}?
I see room to move towards {on}.
May I offer {on} as a bridge?
If nobody loses by it, let's {o}.
""",
        "support": """
I think {on} lets everyone leave with something.
{On} does justice to both sides. I'm for it.
I'm glad to lend my voice to {on}.
There's the common ground: we {o}.
""",
        "oppose": """
I understand what draws you to {on}. I can't follow you there.
With respect, {on} would leave somebody at this table with nothing.
If we {o}, we close a door that we may need.
I'd ask for a little time before we {o}.
{On} may be right. The moment isn't.
soft | Could we put {on} to one side without anybody losing by it?
""",
        "hold": """
You've been generous, {n}, and I still think we should {o}.
Let me say it in a way that you can accept: {on}.
I'd meet you halfway on the rest. On this I'd {o}.
""",
        "reason_for": """
It gives both sides something to show.
It can be said aloud without offence.
It leaves room to move later.
It costs pride and nothing else.
Nobody needs to have been wrong.
It keeps us talking, and talking has got us this far.
Quiet solutions last longest.
""",
        "reason_against": """
A victory that humiliates isn't one.
What we force through today, we'll negotiate again tomorrow.
It leaves one of us without a way back.
I hear two monologues in it.
Once said, it can't be unsaid.
It spends goodwill that we haven't got.
We haven't yet understood why others fear it.
""",
        "ask_topic": """
{n}, would you help us to understand how we stand with {t}?
How do you see things with {t}, {n}? I ask because I don't know.
{n}, what would others tell us about {t}?
""",
        "ask_sure": """
{n}, may I ask how you came by {h}?
Would others describe {h} in the same way, {n}?
""",
        "concede": """
You've persuaded me, {n}, and gracefully. {On}, then.
I'd rather give way than stand in it. We {o}.
Then let me be the first to move: {on}.
""",
        "decide": """
I've looked for a form that can be borne, and it's this: we {o}.
I think I've found it: {on}.
""",
    },
    "safety_officer": {
        "open": """
Let's name the hazard first. {Q}
Who gets hurt if we're wrong? Start there. {Q}
""",
        "propose": """
The barrier we still have is this: we {o}.
By the checklist, we {o}.
To keep everyone whole, we {o}.
Worst case first. That leads me to {on}.
""",
        "support": """
{On} puts a barrier back. I'm for it.
I'd sign the permit for {on}.
It controls the hazard. We {o}.
For safety's sake, yes: we {o}.
""",
        "oppose": """
Stop. I don't release {on}.
{On} is how near misses become reports.
The worst case of {on} has a name, and it's one of ours.
There's no barrier left if we {o}.
I've read what happened to others who chose to {o}.
blunt | Stop work. We don't {o}.
""",
        "hold": """
The rule was written after somebody was hurt. I stay with {on}.
You may be lucky. I don't plan for luck. I stay with {on}.
Show me the barrier, {n}, and I'll step aside. Until then, {on}.
""",
        "reason_for": """
It takes the hazard away instead of warning about it.
It's by the checklist, and the checklist is there for tired people.
If it goes wrong, everybody can still walk away.
It gives us a second barrier.
It's dull, and dull is what I want.
It deals with the danger before anybody meets it.
Nobody has to be a hero.
""",
        "reason_against": """
A near miss is a warning that we got for nothing.
Every accident report starts with a small exception.
The worst case doesn't need our permission.
It rests on nobody making a mistake.
We've already used up one barrier.
The rule has no clause for being in a hurry.
There's nobody standing by if it fails.
""",
        "ask_topic": """
{n}, what could still go wrong with {t}?
What's the worst that you've heard about {t}, {n}?
{n}, who has checked how we stand with {t}?
""",
        "ask_sure": """
{n}, who verified {h}?
Was {h} checked by a second pair of eyes, {n}?
""",
        "concede": """
The hazard's controlled, so I release {on}.
You've closed my finding, {n}. We {o}.
I can accept the remaining risk. {On}, then.
""",
        "decide": """
With everyone's safety in mind, we {o}.
Permit given: we {o}.
""",
    },
    "doctor": {
        "open": """
I'd like to start with the people and not the plan. {Q}
Let's look at it as we'd look at a patient. {Q}
""",
        "propose": """
The gentlest course that works is {on}.
First, do no harm: we {o}.
I'd prescribe {on}, and look again soon.
In the interest of everyone's health, we {o}.
""",
        "support": """
{On} does the least harm. I'm for it.
I'd advise {on} to anybody I care for.
That's sound treatment. We {o}.
The prognosis is better if we {o}.
""",
        "oppose": """
I can't advise {on}. The risk is to people, not to plans.
If we {o}, we treat the fever and miss the infection.
As somebody who'd have to pick up the pieces, I'm against {on}.
{On} asks more of tired bodies than they have.
The side effects of {on} are worse than the complaint.
soft | Before we {o}, would each of you tell me how you slept?
""",
        "hold": """
I've considered a second opinion. Mine is still {on}.
I've watched it long enough. We should {o}.
It's my duty to say it again: {on}.
""",
        "reason_for": """
It gives people time to recover.
The harm of waiting is greater.
It catches the trouble while it's small.
It's what I'd want done for my own family.
The early signs all point one way.
It keeps everybody under observation.
It treats the cause.
""",
        "reason_against": """
Symptoms come before the collapse, and we've had symptoms.
Tired people make confident mistakes.
I'd be signing for something that I can't treat.
You can't borrow sleep and not pay it back.
The prognosis is poor.
First we harm, then we explain.
I see too many people saying that they're fine.
""",
        "ask_topic": """
{n}, have you noticed anything about {t}?
What troubles you about {t}, {n}?
{n}, has anything changed with {t} that we should watch?
""",
        "ask_sure": """
{n}, is {h} one finding or several?
Could {h} be a symptom of something else, {n}?
""",
        "concede": """
I had the wrong diagnosis. {On}, then.
Your findings outweigh mine, {n}. We {o}.
All right, under observation: {on}.
""",
        "decide": """
On balance, for everyone's sake, we {o}.
I'll take the smaller harm. We {o}.
""",
    },
    "journalist": {
        "open": """
What's the story here? {Q}
I'd like to know who knew what before we go on. {Q}
""",
        "propose": """
If it were my headline, it would say that we {o}.
Let's have it out in the open: we {o}.
The version that I could print is {on}.
Let's {o}, and be ready to say why.
""",
        "support": """
{On} stands up. Two sources would tell you the same.
I could write {on} without blushing. I'm for it.
That checks out. We {o}.
It's the honest course. Let's {o}.
""",
        "oppose": """
Who gains if we {o}?
{On} doesn't stand up. It has one source, and the source has an interest.
An hour ago we heard something else. Now it's {on}?
I know how it reads the day after: they chose to {o}.
Somebody wants us to {o}. I'd like to know why.
ask | Who told us that we have to {o}?
""",
        "hold": """
I've heard the denial. I'd still {o}.
That's a quote, not a fact. I stay with {on}.
Give me a second source, {n}, and I'll drop {on}.
""",
        "reason_for": """
It'll come out anyway.
It stands up to a second look.
It answers who, what and when.
It's the version with nothing to correct.
People forgive almost anything but a cover-up.
The facts have two sources.
It leaves no loose thread.
""",
        "reason_against": """
There's always somebody who kept the note.
The statements don't match.
It has one source, and that one gains by it.
Nobody asks the question until everybody does.
It's a story with a hole in the middle.
What we leave out is what they'll print.
I've seen this sentence before, in an apology.
""",
        "ask_topic": """
{n}, who can tell us more about {t}, and how do they know?
What does nobody say about {t}, {n}?
{n}, what's the last thing that you heard about {t}?
""",
        "ask_sure": """
{n}, is there a second source for {h}?
Who told you about {h}, {n}, and what do they gain?
""",
        "concede": """
I print corrections. {On}, then.
Then I had the wrong story, {n}. We {o}.
Two sources, and both say so. {On}, then.
""",
        "decide": """
That's the line: we {o}.
We {o}, and we say so openly.
""",
    },
}
