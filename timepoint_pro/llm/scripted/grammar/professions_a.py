"""Frames of five archetypes: engineer, executive, military_commander, scientist, politician. See ``grammar``."""

from __future__ import annotations

MOVES: dict[str, dict[str, str]] = {
    "engineer": {
        "open": """
Before we argue, let's agree what we measured. {Q}
I'd like a decision that survives a test. {Q}
""",
        "propose": """
The change with the smallest blast radius is this: we {o}.
If we want margin, we {o}.
From the failure modes backward, I'd {o}.
I'd {o}, and put a test at the end of it.
""",
        "support": """
{On} leaves us margin. I'm for it.
I've run it through in my head, and {on} holds.
I can find no single point of failure in it. Let's {o}.
That's within tolerance for me. We {o}.
""",
        "oppose": """
I can't sign off {on}. Nobody has shown me the root cause.
{On} treats the symptom and leaves the fault in place.
If we {o}, we spend the margin that we'll need later.
That's one failure away from a bad day. Not {on}.
The tolerance is gone before we even {o}.
data | Where is the measurement that supports {on}?
""",
        "hold": """
The load doesn't care how we feel about it. I'd still {o}.
Nothing I've heard changes the failure mode. I stay with {on}.
I've checked my side twice, and it comes out at {on}.
""",
        "reason_for": """
It's the option that fails gently.
It keeps a spare between us and trouble.
It can be undone if we're wrong.
It asks the least of things we can't check.
We'd learn something even if it doesn't work.
I can see how it would fail, and I could live with that.
It has the fewest moving parts.
""",
        "reason_against": """
I don't build on a part that I haven't tested.
If it goes wrong, we've nothing left to swap in.
We'd be flying on one spare.
You can't bolt a fix on afterwards.
Things break at the joint that nobody looked at.
There's no test in it anywhere.
It works until the day it's needed.
""",
        "ask_topic": """
{n}, what do we know for certain about {t}, and what do we assume?
{n}, what have you seen for yourself about {t}?
What worries you most about {t}, {n}?
""",
        "ask_sure": """
{n}, was {h} read once or twice?
What's the error on {h}, {n}?
""",
        "concede": """
The test went your way, {n}. I accept {on}.
I had the wrong part in mind. {On}, then.
I can't fault the reasoning any more. We {o}.
""",
        "decide": """
It's not elegant, but it's sound. We {o}.
On the numbers we have, we {o}.
""",
    },
    "executive": {
        "open": """
I want a name and a date at the end of this. {Q}
Let's spend our minutes on what we can change. {Q}
""",
        "propose": """
Bottom line: we {o}.
I'll own this one. We {o}.
The upside is with {on}, so let's commit.
Let's move forward and {o}.
""",
        "support": """
That's a trade I'd make. We {o}.
{On} has my commitment.
I can sell {on} to anyone who asks. Let's do it.
Good, a decision I can work with: {o}.
""",
        "oppose": """
What does it cost us while we {o}? More than we have.
{On} is activity, not progress.
Who owns the result if we {o}? I hear no name.
We can't afford the luxury of {on}.
I've seen {on} before, under other names. It ended badly.
blunt | {On} loses us the lead. I won't have it.
""",
        "hold": """
I've heard the risks, and I'd price them in and {o}.
Somebody has to commit. I commit to {on}.
I don't trade a clear course for a comfortable one. We {o}.
""",
        "reason_for": """
It keeps us on our own timetable.
The downside is one that I can carry.
It turns a worry into a task.
It lets us choose before others choose for us.
There's a clear owner and a clear end.
It frees our hands for the rest.
Waiting is the dearest option of all.
""",
        "reason_against": """
Nobody rewards us for being careful too late.
It buys time that we then waste.
It's a cost without a return.
The trade-off runs the wrong way.
I'd have to explain it, and I couldn't.
It ties up the people we need most.
No plan survives without somebody who wants it.
""",
        "ask_topic": """
{n}, in two sentences: what about {t}?
What do I need to know about {t}, {n}?
{n}, what can we still do about {t}?
""",
        "ask_sure": """
{n}, would you bet the budget on {h}?
If I repeat {h} to others, {n}, does it hold?
""",
        "concede": """
You've shown me the price, {n}. {On}, then.
I change course when the facts do. We {o}.
I can lose an argument. {On}, then.
""",
        "decide": """
I'm calling it. We {o}, and I answer for it.
We've weighed it long enough. We {o}.
""",
    },
    "military_commander": {
        "open": """
I need one decision and no speeches. {Q}
Report first, opinions after. {Q}
""",
        "propose": """
We {o}, on my order.
Here's the plan: we {o}, and we report back.
My intent is {on}. Poke holes in it now.
We {o}. Contingencies after that.
""",
        "support": """
Agreed. We {o}.
Good plan. For me too it's {on}.
That's how I'd fight it. We {o}.
I'll carry {on}. Next.
""",
        "oppose": """
Negative. We don't {o}.
{On} puts the mission second. I don't.
I've no people to spare for {on}.
We don't retreat from a guess. Not {on}.
If we {o}, we hand over the initiative.
blunt | No. You can have {on} when I'm relieved.
""",
        "hold": """
Noted. We still {o}.
My orders don't change because it's unpleasant. I stay with {on}.
Bring me better evidence, {n}, and bring it fast. Until then, {on}.
""",
        "reason_for": """
It keeps the initiative with us.
It gives everyone one job and one clock.
I can turn it around if it goes wrong.
The mission needs it.
It leaves a reserve.
Everybody comes back from it.
I've taken worse odds with worse people.
""",
        "reason_against": """
I answer for four walls and everyone inside them.
Half a retreat is a rout.
You hold the line or you lose it.
I won't spend people on a maybe.
There's no fallback in it.
A late order is a bad order.
Nobody has told me who stands watch.
""",
        "ask_topic": """
{n}, report: what do we know about {t}?
How do we stand with {t}, {n}? Short and clear.
{n}, what could surprise us about {t}?
""",
        "ask_sure": """
{n}, confirmed or not: {h}?
Would you act on {h}, {n}, with lives on it?
""",
        "concede": """
You're right, {n}, and I was slow. We {o}.
I stand corrected. {On}, then.
Order withdrawn. We {o}.
""",
        "decide": """
That's my decision: we {o}. Carry on.
We {o}. The responsibility is mine.
""",
    },
    "scientist": {
        "open": """
Let's keep apart what we know and what we fear. {Q}
I'd like us to say what would change our minds. {Q}
""",
        "propose": """
What we've observed so far leads me to {on}.
As an experiment with a clear end, let's {o}.
The evidence so far tells me that we should {o}.
I'd {o}, and write down beforehand what we expect.
""",
        "support": """
The data and I agree for once. We {o}.
{On} is consistent with all that we've heard.
I can't rule out a mistake, but {on} is the best bet.
It's the simplest course that fits. Let's {o}.
""",
        "oppose": """
{On} rests on a sample of one.
I'd want to rule out the other explanation before we {o}.
There's no control in it. I can't support {on}.
That's a correlation, and you want to {o} because of it.
We'd be fitting the facts to {on}.
ask | What result would make you give up {on}?
""",
        "hold": """
I've updated, but not that far. I stay with {on}.
The effect you describe is within the error bar. I'd still {o}.
One counterexample would do, and I haven't heard it. I stay with {on}.
""",
        "reason_for": """
It's what the evidence supports.
It gives us a result either way.
It's reversible, and that's worth a good deal.
It tests the idea instead of assuming it.
The alternatives explain less.
We'd lose data by waiting.
It would be odd if all these signs were chance.
""",
        "reason_against": """
The error bar is wider than the effect.
We can't tell cause from coincidence yet.
You'd destroy the very thing that we came to see.
An absence of signs isn't a sign of absence.
The sample is too small to bet on.
There's a duller explanation.
We'd never know whether it had worked.
""",
        "ask_topic": """
{n}, what has actually been observed about {t}?
{n}, how much do we really know about {t}?
What would you expect to hear about {t}, {n}, if we were wrong?
""",
        "ask_sure": """
{n}, has anyone repeated {h}?
What else could explain {h}, {n}?
""",
        "concede": """
That's evidence, and I go where it goes. {On}, then.
My hypothesis is dead, {n}. We {o}.
You've ruled out what I believed. {On}, then.
""",
        "decide": """
On the weight of the evidence, we {o}.
It's provisional, as everything is, but we {o}.
""",
    },
    "politician": {
        "open": """
There are people who count on us and aren't here. {Q}
I hope we leave with something that all of us can defend. {Q}
""",
        "propose": """
There's common ground here, and it's {on}.
For the people who count on us, let's {o}.
I'd like to be able to say that we chose to {o}, together.
In fairness to everyone, I propose that we {o}.
""",
        "support": """
I can stand up for {on} anywhere.
{On} is fair to everyone. I'm for it.
My people will understand it if we {o}.
That's a message I can carry: we {o}.
""",
        "oppose": """
How will it look if we {o}?
I understand the wish for {on}. I can't explain it to anyone.
In principle, yes. {On}, now, like this, no.
Those who aren't here would never forgive us {on}.
We'd divide ourselves over {on}.
feel | Think of the faces when we tell them that we {o}.
""",
        "hold": """
I respect that. I gave my word on {on}.
We won't all agree, and that's no shame. I'm for {on}.
There are more voices than ours. They want {on}.
""",
        "reason_for": """
People can see themselves in it.
It keeps us together, and that's half of it.
Nobody has to lose face.
It's the long view, and somebody has to take it.
It keeps a promise.
It shows that we listened.
I know the people this is for.
""",
        "reason_against": """
Trust is slow to build and quick to spend.
It's right on paper and wrong in the street.
We'd win the point and lose the people.
I've seen good plans die because nobody explained them.
Someone always pays, and never the one who decides.
We were asked to care for this, not to win it.
It looks like panic.
""",
        "ask_topic": """
{n}, what do people say about {t}?
{n}, what will they ask us about {t}?
{n}, if someone stopped you and asked about {t}, what would you say?
""",
        "ask_sure": """
{n}, who else would say the same about {h}?
Could you say {h} in public, {n}?
""",
        "concede": """
You speak for more people than I do on this, {n}. {On}, then.
I can change my mind without losing face, I hope. We {o}.
Let's meet there, then: {on}.
""",
        "decide": """
I can stand behind this before anyone: we {o}.
It won't please everyone. We {o}.
""",
    },
}
