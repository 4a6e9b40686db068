"""Names, callings and wants from which the built-in model makes up people."""

from __future__ import annotations

GIVEN = (
    "Abeni", "Adrian", "Aiko", "Alma", "Amadou", "Anneke", "Arturo", "Asha", "Bastian", "Beatriz", "Bilal", "Bronwen",
    "Calum", "Catalina", "Chidi", "Dagny", "Danilo", "Devika", "Edda", "Emeka", "Estelle", "Fatou", "Fiona", "Gael",
    "Gulsen", "Hakon", "Hana", "Idris", "Ilse", "Ines", "Isamu", "Jarek", "Jorunn", "Kamala", "Kasper", "Kofi",
    "Leila", "Liang", "Lucia", "Maja", "Malik", "Mateus", "Mei", "Milena", "Nadia", "Nuno", "Oksana", "Orla",
    "Paulo", "Petra", "Quentin", "Ravi", "Renata", "Rosalind", "Samir", "Sanna", "Soraya", "Stefan", "Tamsin",
    "Teodor", "Uma", "Viktor", "Wanjiru", "Yara", "Yusuf", "Zofia",
)  # fmt: skip
FAMILY = (
    "Abara", "Achterberg", "Almeida", "Andersen", "Baptiste", "Barzani", "Bergstrom", "Bianchi", "Carrow", "Castellan",
    "Chaudhry", "Cisse", "Dalgaard", "Demir", "Diallo", "Dvorak", "Ekwueme", "Farrow", "Ferreira", "Fujita",
    "Galanis", "Gideon", "Grabowski", "Haddad", "Halloran", "Hollis", "Ibarra", "Iyer", "Jansen", "Kamara",
    "Kaplan", "Kimura", "Kovacs", "Lachance", "Lindqvist", "Mbeki", "Mercer", "Moreau", "Naidoo", "Novak",
    "Oduya", "Okonjo", "Pargeter", "Petrov", "Quist", "Rahimi", "Romero", "Sandoval", "Sato", "Silvestri",
    "Sorensen", "Suleiman", "Takeda", "Tembo", "Ulrich", "Valdez", "Vance", "Weller", "Wozniak", "Yilmaz", "Zielinski",
)  # fmt: skip
OTHERS = {
    "animal": ("dog", "mule", "cat", "goat", "crow", "horse"),
    "building": ("hall", "store", "gatehouse", "tower", "workshop", "chapel"),
    "object": ("ledger", "lantern", "engine", "bell", "strongbox", "map"),
    "environment": ("ridge", "shore", "marsh", "orchard", "ravine", "spring"),
    "vehicle": ("truck", "launch", "rover", "barge", "cart", "tender"),
    "institution": ("council", "guild", "bank", "trust", "college", "registry"),
    "abstract": ("rumour", "promise", "custom", "debt", "grudge", "hope"),
    "kami": ("spirit of the well", "old one of the hill", "keeper of the threshold", "lady of the reeds"),
    "ai": ("archive", "dispatcher", "planner", "monitor", "translator", "clerk"),
}
PLACED = ("old", "new", "north", "south", "east", "west", "upper", "lower", "grey", "red", "far", "near")
"""Words that tell two things of a kind apart."""

SETTINGS: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]], ...] = (
    ("space", ("mars", "orbit", "habitat", "spacecraft", "lunar", "moon base", "space station", "crew"), (
        ("systems technician", "keep the pumps inside their limits"), ("greenhouse keeper", "bring the crop through"),
        ("communications officer", "keep the link up"), ("suit technician", "get every suit through its checks"),
        ("flight surgeon", "keep the crew fit for work"), ("power engineer", "keep a reserve in the batteries"),
        ("navigator", "know where everybody is"), ("stores officer", "make the stores last"),
        ("pilot", "have the return vehicle ready to leave"), ("maintenance mechanic", "fix it once and properly"),
    )),
    ("castaways", ("island", "castaway", "shipwreck", "stranded", "survivors", "colony", "settlement", "settlers"), (
        ("deckhand", "get a boat that floats"), ("cook", "feed everybody twice a day"),
        ("carpenter", "put a roof over people before the rain"), ("fisher", "find out where the fish run"),
        ("nurse", "keep wounds clean"), ("schoolteacher", "keep the children busy and unafraid"),
        ("sailmaker", "save what canvas is left"), ("farmer", "get something planted"),
        ("stoker", "keep a signal fire fed"), ("surveyor", "draw a map that can be trusted"),
    )),
    ("boardroom", ("board", "company", "merger", "shareholder", "startup", "founder", "investor", "product launch"), (
        ("head of finance", "see the numbers before anybody signs"), ("staff counsel", "keep promises off the record"),
        ("head of sales", "have something to tell customers on Monday"), ("works council member", "keep jobs in town"),
        ("audit partner", "have every figure explained"), ("head of research", "keep the laboratory open"),
        ("press officer", "say one thing and mean it"), ("operations manager", "keep deliveries on time"),
        ("minority investor", "get out without a loss"), ("executive assistant", "get the minutes right"),
    )),
    ("court", ("court", "trial", "litigation", "lawsuit", "jury", "verdict", "prosecution", "hearing"), (
        ("court clerk", "keep the file complete"), ("bailiff", "keep order without a raised voice"),
        ("junior counsel", "be given a witness of one's own"), ("expert witness", "say no more than the data allow"),
        ("court reporter", "have it down word for word"), ("juror", "be fair and be home by Friday"),
        ("interpreter", "lose nothing in between"), ("paralegal", "find the exhibit before it is asked for"),
    )),
    ("clinic", ("hospital", "clinic", "patient", "outbreak", "ward", "epidemic", "vaccine"), (
        ("ward nurse", "get through the night with everybody breathing"), ("pharmacist", "stretch what is in stock"),
        ("registrar", "get a second opinion before the round"), ("laboratory technician", "trust the sample"),
        ("porter", "know where every bed is"), ("hospital chaplain", "sit with whoever is alone"),
        ("infection officer", "find the first case"), ("bed manager", "free two beds by noon"),
    )),
    ("politics", ("election", "parliament", "senate", "minister", "treaty", "city council", "mayor", "summit"), (
        ("chief of staff", "have no surprises before the vote"), ("press secretary", "keep to what was agreed"),
        ("committee clerk", "get it through in order"), ("union delegate", "bring something back to the members"),
        ("party whip", "know every vote by tonight"), ("policy adviser", "get the sum right"),
        ("neighbourhood organiser", "have the street heard"), ("protocol officer", "seat nobody next to an enemy"),
    )),
    ("command", ("army", "battalion", "siege", "soldiers", "navy", "patrol", "garrison", "convoy"), (
        ("quartermaster", "know what is left and where"), ("signals corporal", "keep the line open"),
        ("medical orderly", "bring them all back"), ("intelligence clerk", "get the report read"),
        ("sergeant", "keep the section together"), ("driver", "know two ways out"),
        ("engineer officer", "have the bridge up by dawn"), ("cook", "have something hot ready"),
    )),
    ("campus", ("school", "university", "campus", "professor", "students", "laboratory", "conference", "attendee"), (
        ("doctoral student", "get the paper out"), ("lecturer", "have the question asked properly"),
        ("librarian", "find the source"), ("department administrator", "have it in writing"),
        ("visiting researcher", "make one good contact"), ("laboratory manager", "keep the log honest"),
        ("session chair", "finish on time"), ("undergraduate", "understand what is going on"),
    )),
    ("anywhere", (), (
        ("shopkeeper", "keep the doors open"), ("nurse", "see that nobody is overlooked"),
        ("driver", "get everybody where they have to be"), ("teacher", "have things explained"),
        ("caretaker", "know who holds which key"), ("bookkeeper", "make the columns agree"),
        ("reporter", "find out who knew"), ("mechanic", "hear the thing run"),
        ("retired judge", "see fair play"), ("cook", "feed whoever turns up"),
        ("surveyor", "measure twice"), ("night watch", "have a quiet night"),
    )),
)  # fmt: skip
"""Name of a setting, words of a scenario that point to it, and callings with what they want."""

ANYBODY = (
    "attendee", "guest", "visitor", "passenger", "bystander", "member", "person", "human", "entity", "extra", "npc",
    "participant", "resident", "citizen", "villager", "settler", "colonist", "islander", "people", "someone",
    "somebody",
)  # fmt: skip
"""Words that say no more of somebody than that they are there."""

TEMPERS = (
    ("patient", "watchful"), ("blunt", "loyal"), ("curious", "restless"), ("anxious", "careful"),
    ("cheerful", "careless"),
    ("stubborn", "honest"), ("quiet", "exact"), ("ambitious", "charming"), ("dry", "sceptical"), ("warm", "talkative"),
    ("proud", "thin-skinned"), ("calm", "practical"), ("suspicious", "methodical"), ("bold", "impatient"),
    ("gentle", "reserved"), ("witty", "competitive"), ("dutiful", "conventional"), ("idealistic", "insistent"),
)  # fmt: skip
