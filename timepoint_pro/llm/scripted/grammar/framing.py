"""Frames that open a scene, close it, and hand the word on. See ``grammar`` for the notation."""

from __future__ import annotations

MOVES: dict[str, str] = {
    "open": """
{Q} That's what we have to settle.
We're here for one thing. {Q}
Let's begin. {Q}
You know why we're here. {Q}
Let me put it plainly. {Q}
The question for now: {q}
I'd like us to leave with an answer. {Q}
One question before anything else. {Q}
Thank you for coming. {Q}
So, {q}
Let's not circle it. {Q}
v- | I wish we met for something better. {Q}
v+ | Good to have you all here. {Q}
a+ | We don't have long! {Q}
a- | Let's take our time with this. {Q}
e- | It's late for me, so briefly. {Q}
c- | Bear with me, I'm not at my best. {Q}
""",
    "open_seen": """
{C}. {Q}
You've all seen it: {c}. {Q}
This is where we are: {c}. So, {q}
We all know how it stands. {C}. {Q}
To start with what we all have before us: {c}. {Q}
""",
    "open_plain": """
Let's begin. Who has something to say?
We should compare what we know.
Let's hear from everyone.
I'd like to know where each of us stands.
Good, we're all here. Let's start.
What has each of you seen?
Let's put together what we have.
I'd rather listen than talk. Who begins?
""",
    "open_seen_plain": """
{C}. What do we make of it?
You've all seen it: {c}. Let's talk.
To start with what we all have before us: {c}.
""",
    # Before the matter is settled, somebody who has not taken a side.
    "before_we": """
Before we settle it: {n}, can you live with {on}?
One moment. {n}, you've said nothing about {on}. Well?
{n}, last chance to object. Do we {o}?
I don't want to decide over your head, {n}. What do you say to {on}?
We're nearly there. {n}, would you {o}?
a+ | {n}, speak now! Do we {o}?
t+ | {n}, I won't settle it without you. Would you {o}?
t- | {n}, I'd rather hear your objection now than afterwards. Would you {o}?
""",
    # The decider, or whoever sums up, ends it.
    "decide": """
Then it's settled: we {o}.
I've heard enough. We {o}.
Here's my decision: we {o}.
We {o}. That's final for now.
So be it. We {o}.
My decision is {on}.
I'm going with {on}.
v- | It's a sorry choice, but we {o}.
v+ | I feel good about this: we {o}.
a+ | That's talk enough! We {o}.
a- | Then, without haste: we {o}.
w | It's close, but we {o}.
s | We {o}. I'm sure of it.
e- | Let's end it here. We {o}.
""",
    "agree": """
Then we're agreed: we {o}.
That's common ground, then: {on}.
I hear no one against it. We {o}.
That seems to be where we come out: {on}.
It looks as if we {o}.
v+ | Good. We're of one mind: we {o}.
v- | It may not make us happy, but we {o}.
a+ | Right, that's it: we {o}!
e- | Then we {o}, and rest.
""",
    "agree_most": """
As I count it, most of us are for {on}. Let's {o}.
So the greater part is for {on}. We {o}.
By a majority, then: we {o}.
v- | It leaves some of us unhappy. Still, most of us would {o}.
v+ | Most of us can live with it. We {o}.
""",
    "agree_more": """
Not everyone is with us, but I hear more for {on} than against it.
We're not of one mind, and still there's more for {on} than against it. We {o}.
It isn't everybody's choice. We {o} all the same.
As I hear it, {on} has the most behind it. We {o}.
""",
    # Whoever sums up, and was for another course themselves.
    "agree_turned": """
I was for {altn}. I can live with {on}, and so we {o}.
My own choice was {altn}. I go along with you: we {o}.
You know that I spoke for {altn}. I won't stand in the way. We {o}.
I leave {altn} for {on}. That's where we come out.
v- | I'm sorry about {altn}. Still, I go along, and we {o}.
t+ | I trust you with this. I leave {altn}, and we {o}.
""",
    # A decider whom the talk has brought to another course than the one that they had spoken for.
    "decide_turned": """
I was for {altn}. Now my decision is {on}.
I spoke for {altn}, and I've thought again. We {o}.
That's why I leave {altn}. We {o}.
I came round slowly, from {altn} to {on}. That's my decision.
Not {altn}, then, whatever I said before. We {o}.
""",
    # A decider who had spoken against what they now decide.
    "decide_after_all": """
I spoke against {on}, and I've thought again. We {o}.
I was against it, and I take that back: we {o}.
You've brought me round. We {o}.
Against my first word, then: we {o}.
""",
    # A decider who goes against the greater number.
    "decide_alone": """
More of you would choose {altn}. The decision is mine: we {o}.
I've heard you argue for {altn}. I take it on myself to say that we {o}.
I know that {altn} has more friends here. Still, I decide that we {o}.
If it went by heads, it'd be {altn}. I answer for this, and we {o}.
Hold it against me and not against each other: we {o}.
""",
    "undecided": """
We don't agree, and I won't pretend that we do. It stays open.
Some of us are for {on}, some for {altn}. We take it up again.
I hear {on}, I hear {altn}, and nothing that joins them. We leave it there for today.
We're no nearer than that. Let's sleep on {on} and {altn} and meet again.
Neither {on} nor {altn} has carried the rest of us. Let's come back to it with fresh eyes.
v- | I'd hoped for an answer. Between {on} and {altn} we have none.
v+ | We part as friends and without an answer. {On} or {altn}, we'll see.
a+ | No answer yet! {On} or {altn}, it can't wait long.
e- | I can't settle {on} or {altn} now... another time.
""",
    "undecided_one": """
I've heard something for {on}, and not enough. It stays open.
Not all of us would {o}, and I won't force it. We take it up again.
{On} is as far as we've come, and it isn't far enough. Let's meet again.
Nobody has put anything better than {on}, and still it doesn't carry us. It stays open.
""",
    "undecided_plain": """
We've no answer yet. It stays open.
Nobody has spoken up for anything. We take it up again.
We're no nearer to an answer. Let's sleep on it.
I don't hear a decision in any of this. We meet again.
Nobody has named a course for {t}. It stays open until somebody does.
We've put together what we know about {t}, and no more than that. We take it up again.
Facts about {t} we have, a way forward not yet. We meet again.
I've been waiting for somebody to say what to do about {t}. It'll have to wait.
What to do about {t} is as open as it was. Let's think, each for ourselves.
v- | I'm sorry that we leave {t} as open as we found it.
v+ | It's good that we've gone through {t}, even without an answer. We meet again.
a+ | No answer about {t}, and time is running! We meet again soon.
e- | I can't decide anything about {t} now... another time.
""",
    # Two facts that speak for it.
    "sum_both": """
We've heard about {h} and about {ph}.
{H} and {ph} point the same way.
First {h}, then {ph}: I need no more.
I can't set aside both {h} and {ph}.
With {h} and {ph} I've enough to go by.
v- bad | I'd gladly have done without {h}, and without {ph}.
v+ | It's as well that {h} came up, and {ph} with it.
a+ | {H}, and then {ph}!
e- | {H}, and {ph} too...
""",
    # What speaks for it, and what against it.
    "sum": """
On one side there is {h}, on the other {ph}.
{H} weighs more with me than {ph}.
I've listened, to {h} and to {ph} alike.
I've set {h} against {ph}.
What tips it is {h}.
I take {h} seriously.
v- bad | I'm afraid it comes down to {h}.
v- bad | I wish we'd been spared {h}. It weighs most with me.
v+ | I'm glad that we have {h} to go by.
v+ | It's as well that {h} came up.
a+ | {H} decides it for me!
e- | It's {h}, in the end...
After {h} I can't see it otherwise.
{H} decided it for me.
""",
    "against_note": """
{who}, I know that you're against it. I've heard you.
{who}, your objection stands, and I carry the decision.
I don't expect you to like it, {who}.
{who}, you may yet turn out to be right, and I'll say so if you do.
""",
    # To somebody who was for another course.
    "other_note": """
{who}, I know that you were for {altn}.
{who}, I've heard you on {altn}, and I thank you for it.
I know that you'd have chosen otherwise, {who}.
{who}, if it doesn't hold, we come back to {altn}.
""",
    "next": """
{n}, please take the first step, and tell us when it's done.
{n}, I'd like you to see to it.
{n}, that's yours. Keep us posted.
We look at it again as soon as there's news.
If anything changes, I want to hear it at once.
I'll tell those who need to know.
We start with it straight away.
Whoever sees a reason to stop, says so.
a+ | {n}, start on it right now!
v+ | Thank you, all of you.
v- | Let's hope that we're right.
e- | Now get some rest, all of you.
""",
    "farewell": """
That's all for now, then.
We know more than we did. Let's part.
I've heard what I needed. Let's stop.
We can leave it at that.
Let's each go and do our part.
Let's leave it there and see what comes.
Thank you. We've heard each other, at least.
Then we know what each of us knows.
v+ | This was worth the time. Thank you.
v- | I'd hoped for more. Let's stop here.
a+ | Back to work, all of us!
e- | Let's stop here.
""",
    "accept": """
Understood.
All right, that's clear.
Then I'll do my part.
I can work with that.
Good. I know what I have to do.
v+ | I'm relieved, frankly.
v- | I hope we don't regret it.
t+ | You can count on me, {n}.
t- | On your head, {n}.
""",
    "dissent": """
For what it's worth, I'd have chosen {altn}.
I'll go along, but I was against it and I still am.
Then do it without my blessing. I was for {altn}.
I accept it, {n}. I don't agree with it.
""",
    "turn_to": """
{n}, what do you say to that?
{n}, how does that look to you?
Do you see it differently, {n}?
{n}?
{n}, am I missing something?
Would you agree, {n}?
a+ | {n}, quickly: your view?
t+ | {n}, I'd value your view.
t- | {n}, I suppose you'll disagree?
""",
    "anchor": """
What I go by is {anchor}.
I'd look at {anchor} first.
Everything else comes after {anchor}.
For me it turns on {anchor}.
I always come back to {anchor}.
""",
    "goal": """
I'm here to {g}.
What I want is to {g}.
Remember what I have to do here: {g}.
My part in this is to {g}.
""",
    "word": """
In my line of work it's a matter of {word}.
It's a question of {word}.
I keep thinking of {word}.
""",
}
