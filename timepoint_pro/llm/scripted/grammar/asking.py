"""Frames that ask and answer. See ``grammar`` for the notation."""

from __future__ import annotations

MOVES: dict[str, str] = {
    "ask_topic": """
{n}, what do you know about {t}?
{n}, where do we stand with {t}?
What can you tell us about {t}, {n}?
{n}, is there anything about {t} that we should know?
How do things look with {t} from where you sit, {n}?
{n}, what have you heard about {t}?
{n}, are you the one to ask about {t}?
Can you fill me in about {t}, {n}? I know too little.
Who'd know about {t} if not you, {n}?
{n}, what's the picture with {t}?
Can you walk me through what you know about {t}, {n}?
What are we missing about {t}, {n}?
Has anything changed with {t}, {n}?
v- | {n}, how bad is it with {t}?
v- | I'm afraid to ask, {n}, but what about {t}?
v+ | {n}, is there good news about {t}?
v+ | {n}, do you have something cheerful about {t}?
a+ | {n}, what do we have about {t}? Quickly!
a+ | What about {t}, {n}? I need it now.
a- | When you're ready, {n}: what do we know about {t}?
t+ | {n}, do you know more about {t} than I do?
t+ | How do we stand with {t}, {n}? I'd go by your word.
t+ | {n}, would you help me out about {t}?
t- | {n}, what haven't you told us about {t}?
t- | {n}, I'd like it straight: what do you know about {t}?
e- | {n}... what about {t}?
""",
    "ask_all": """
Who knows something about {t}?
Can anybody tell us about {t}?
Has anyone looked into how we stand with {t}?
What do we know, between us, about {t}?
""",
    "ask_know": """
{n}, what have you heard?
What's new on your side, {n}?
{n}, is there something that you'd like to tell us?
What do you know that we don't, {n}?
And you, {n}? What have you got?
{n}, what has come your way?
Tell us what you've seen, {n}, would you?
{n}, has anything happened that I should hear of?
What would you add, {n}?
{n}, what's on your mind?
What has changed since we last met, {n}?
v- | {n}, please say that you have something better.
v+ | {n}, do you have good news?
a+ | {n}, quickly: what do you know?
t+ | {n}, you always hear things first. What's new?
t- | {n}, what are you keeping to yourself?
e- | {n}... anything?
""",
    "no_news": """
Nothing new, {n}.
You know as much as I do.
Nothing that you haven't heard.
I've nothing to report.
No news from me, {n}.
It's as it was.
I'd tell you if there were anything, {n}.
I've seen nothing that changes the picture.
There's nothing I could add.
v- | Nothing good, {n}, and nothing new.
v+ | Nothing new, and I'm glad of it.
t- | Nothing that I'd keep from you, {n}.
e- | Nothing... sorry.
""",
    "ask_stance": """
{n}, where do you stand?
{n}, would you {o}?
What would you do, {n}?
{n}, you haven't said which way you'd go.
{n}, are you for {on} or not?
Speaking for yourself, {n}, would you {o}?
What keeps you from {on}, {n}?
{n}, could you live with {on}?
I'd like to hear your view on {on}, {n}. Would you?
v- | Am I the only one who's uneasy about this, {n}?
v+ | {n}, can I count you in for {on}?
a+ | Yes or no, {n}: do we {o}?
t+ | {n}, I trust your eye. Would you {o}?
t- | And you, {n}? Or do you prefer to wait and see?
e- | {n}... which way?
""",
    "ask_sure": """
How sure are we of {h}, {n}?
{n}, where does {h} come from?
Did you see it yourself, {n}, or is {h} hearsay?
How firm is {h}, {n}?
{n}, would you stake your name on {h}?
What stands behind {h}, {n}?
a+ | {n}, are you certain about {h}?
t- | Says who, {n}? Where does {h} come from?
t- | {n}, can you prove {h}?
t+ | I believe you, {n}. How firm is {h}, though?
v- | {n}, please tell me there's some doubt about {h}.
""",
    "ask_follow": """
{n}, what follows from {h}?
And what does {h} mean for us, {n}?
What do you make of {h}, {n}?
{n}, does {h} change anything for you?
How much weight do you give {h}, {n}?
v- | {n}, how much trouble is {h}?
a+ | What do we do about {h}, {n}?
""",
    # Before an answer.
    "heard": """
Fair question.
You asked, so here it is.
I can answer that.
I'll tell you what I know.
I'm glad somebody asked.
Yes, I can speak to that.
I've been waiting for somebody to ask.
You asked me, {n}.
That one's mine, I think.
v- | I was hoping nobody would ask.
v+ | Glad you ask, {n}.
a+ | Yes! That's it exactly.
a- | Let me take that slowly.
t+ | For you, {n}, gladly.
t- | You ask me, {n}? All right.
e- | If I must.
c- | Let me think.
""",
    "no_answer": """
I don't know. I haven't seen anything new about {t}.
I have nothing about {t}, {n}, and I won't guess.
About {t} I know no more than you do.
You'd have to ask somebody else about {t}. I haven't looked.
Nothing about {t} that I could stand behind.
As to {t}, I'm as much in the dark as you are.
Nobody has told me about {t}.
I'd only be guessing about {t}, {n}.
v- | I'm sorry, {n}. I don't know, and I should.
a+ | I don't know! Nobody has told me anything about {t}.
t- | I don't know, {n}. And I'd say so if I did.
e- | No idea... sorry.
""",
    "no_answer_plain": """
I don't know, {n}.
I haven't seen that, so I won't guess.
I can't answer that. I don't have it.
Honestly, I don't know.
I'd be guessing, {n}.
That's beyond what I know.
v- | I wish I knew.
a+ | I don't know! I wish I did.
t- | I couldn't tell you, {n}.
e- | Don't know.
""",
    "no_more": """
You've heard all I have about {t}.
I've nothing to add about {t} beyond what's been said.
What's been said is all I know about {t}, {n}.
That's the whole of it from me about {t}.
On {t} I've emptied my pockets.
There's no more from me about {t}.
I've told you what I have about {t}, {n}.
""",
    "guarded": """
I'd rather not go into that here.
Not now, {n}. That has to wait.
There's something, but I'm not ready to say it.
I'll keep that to myself for the moment.
Ask me that another time, {n}.
Let's leave that one where it is.
""",
    # How sure, asked about an item.
    "sure_saw": """
As sure as I can be. I saw it myself.
It's my own observation. I stand by it.
I was there, {n}. It's no hearsay.
Firm. I'd put my name to it.
""",
    "sure_instrument": """
I took it off the instrument myself.
As firm as the instrument is, and the instrument has been good so far.
It's a reading, {n}, not an opinion.
I looked twice before I said it.
""",
    "sure_papers": """
It's in the papers. You can read it there, {n}.
It came in writing, and I have no reason to doubt it.
I have it in black and white.
It's documented, {n}, and I've read it.
""",
    "sure_known": """
That much is established.
It's been established, {n}. I've no reason to doubt it.
It can be checked, {n}, by anybody who likes.
Nobody has ever disputed it, as far as I know.
""",
    "sure_told": """
I have it from others. I didn't see it.
It was told to me. That's as far as I can go.
Second hand, {n}, so weigh it as that.
I believe the one who told me. More I can't offer.
""",
    "sure_weak": """
Not very. I'd want somebody to check it.
Less sure than I'd like, {n}.
I'd call it likely, not certain.
It could be off. I said what I had.
""",
    "means_for": """
To me it means that we {o}.
It points to {on}, as I read it.
It's why I'd {o}.
What follows is {on}, if you ask me.
Weight enough to {o}.
""",
    "means_open": """
By itself, not much. Together with the rest, we'll see.
It makes me careful, {n}. It doesn't decide it for me.
I'm still turning it over.
I wouldn't hang everything on it.
It's a piece of it, and not the whole.
Ask me again when I've heard the rest, {n}.
Something, surely. How much, I can't tell yet.
It could cut either way, {n}.
I'd put it down and go on listening.
""",
    "stance_for": """
I'd {o}.
Put me down for {on}.
If you ask me: {o}.
My answer is {on}.
On balance I'd {o}.
I lean towards {on}.
For me it comes out at {on}.
I've thought about it, and I'd {o}.
My vote goes to {on}.
s | I'd {o}, and I wouldn't think long about it.
s | No question for me: we {o}.
w | If I had to choose now, I'd {o}. Ask me again in an hour.
w | By a hair, {on}.
v- | I don't love it, but I'd {o}.
v+ | I'd {o}, and I'd do it with a good feeling.
a+ | We {o}! What are we waiting for?
t+ | Since it's you who asks, {n}: I'd {o}.
t- | You'll have guessed, {n}. I'd {o}.
e- | I'd {o}... and be done.
""",
    "stance_open": """
I'm not decided. I could be talked into {on}.
I see both sides. Show me something that tips it.
I haven't made up my mind between {on} and {altn}.
Half of me says {on}, and half of me says {altn}.
I keep going back and forth, {n}.
Undecided, {n}. I'd want to hear more first.
""",
}
