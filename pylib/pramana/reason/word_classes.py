"""Classes of English words, and ways of writing that mean the same. Data for `phrases.py` and `cues/`."""

from __future__ import annotations

__all__ = ["CLASSES", "CONTRACTIONS", "FRAMES", "SPELLINGS"]

_CLASSES = {
    "wh": "what which who whom whose when where why how",
    "be": "is are was were am be been being",
    "do": "do does did",
    "have": "have has had",
    "modal": "can could should would will might may must shall",
    "aux": "is are was were am do does did have has had can could should would will might may must shall",
    "pronoun": "i you he she it we they one this that there anyone anybody someone somebody everyone people",
    "me": "i we one you someone somebody anyone anybody",
    "det": "a an the my our your his her their its this that these those some any each every all no both",
    "owner": "my our the his her their this these",
    "person": "child kid toddler teenager engineer designer architect gardener chef cook doctor nurse lawyer"
    " judge thief burglar pirate monk poet comedian magician artist painter composer musician athlete coach"
    " detective alien martian anthropologist historian philosopher economist biologist physicist"
    " farmer sailor general soldier clown stranger novelist storyteller librarian teacher barista medieval"
    " einstein shakespeare darwin newton leonardo socrates aristotle feynman sherlock",
    # Words that cannot be the verb of an order, before a determiner: all closed classes, and verbs of asking.
    "unorder": "what which who whom whose when where why how is are was were am be been being do does did have has"
    " had can could should would will might may must shall i you he she it we they one this that there these"
    " those a an the my our your his her their its some any each every all no both not and or but so than then"
    " if unless because since while although though before after until till as like about above across against"
    " along among around at behind below beside between beyond by despite down during except for from in inside"
    " into near of off on onto out outside over past per regarding concerning through throughout to toward"
    " towards under up upon via with within without versus vs instead rather also just only even still yet"
    " maybe perhaps suppose supposing imagine assume assuming say consider considering given tell explain"
    " describe show give list name define compare contrast discuss explore summarise summarize outline brief"
    " know see think wonder want need like reimagine rethink reframe picture pretend let identify spot diagnose"
    " half most many much few several someone somebody anyone everyone nobody everything something nothing"
    " spite case light view thanks apart due ever never always almost quite such too very once here now recommend"
    " suggest propose invent dream surprise brainstorm trace map sketch turn twist lose lost got gets keeps"
    " contrast run",
    "asking": "tell explain show give describe help list find point compare name define suggest recommend"
    " propose walk talk run outline summarise summarize brief remind teach think imagine come identify advise"
    " draw map trace sketch explore discuss clarify share provide see look check invent",
    # What one can be told to do to a thing. Nouns that are verbs as well stand here only if the verb is commoner.
    "task": "add adjust align appeal apply arrange assemble attach avoid back bake bleed block boil book boost"
    " bottle braise brew bring build burn buy calculate calibrate cancel capture carve catch celebrate change"
    " charge choose claim clean clear close combine compile complete configure connect convert cook copy correct"
    " count create crop cure cut darn debug decline decorate defrost delete deploy descale dice disable dispose"
    " dispute divide download drain draw dress dry dye earn edit email enable encrypt end enter erase estimate"
    " exchange export extract fasten fell ferment file fill filter finish fit fix flash fold format freeze fry"
    " generate get glaze graft grate grease grill grind grow hang harden harvest hem hide hire host import improve"
    " increase insert install insulate integrate iron join keep kill knead knit learn lease lift limit load lock"
    " log lower lubricate make marinate measure melt mend merge migrate mix monitor mount move mow negotiate open"
    " organise organize oil pack paint parse patch pay peel pick pickle place plan plant plaster play poach polish"
    " post practise practice prepare preserve press prevent prime print propagate prove prune publish pull"
    " purify put quit raise read rebuild recharge record recover recycle reduce refill refinance refund register"
    " reheat reinstall release remove rename renew rent repair repay replace report repot request reset resize"
    " resolve restart restore restring retrieve reverse revert revoke rewire ride roast roll rotate save scan"
    " schedule screenshot scrub seal season secure self-host sell send serve set sew sharpen shave shut sign silence"
    " simmer skin sleep slice smoke soak solder solve sort speed split spray stain start steam sterilise"
    " sterilize stitch stop store strip study sue swap sync tame take tan teach tie tile time track train transfer"
    " translate transplant transpose treat trim tune unblock unclog unfreeze uninstall unlock unsubscribe untangle"
    " update upgrade upload use vacuum validate varnish verify wash water wean weatherproof weave weigh whip win"
    " wipe wire wrap write zip",
    "judged": "better worse best cheaper safer easier harder simpler faster quicker healthier wiser smarter"
    " stronger tougher riskier tastier nicer cleaner greener gentler kinder fairer preferable superior inferior"
    " suitable",
    "measured": "bigger larger smaller longer shorter taller higher lower older younger heavier lighter deeper"
    " wider hotter colder warmer cooler earlier later farther further closer nearer fewer brighter denser",
    "quality": "reliable expensive effective efficient practical sensible suitable useful secure durable"
    " accurate appropriate dangerous harmful healthy sustainable profitable sense convenient important common"
    " comfortable economical trustworthy flexible powerful readable maintainable",
    "superlative": "largest biggest smallest longest shortest tallest highest lowest oldest youngest heaviest"
    " lightest deepest widest hottest coldest fastest slowest nearest farthest furthest closest earliest latest"
    " first last most least busiest richest",
    "attribute": "capital population definition meaning name date age height weight length width depth size area"
    " distance speed temperature price cost fee rate salary number amount percentage ratio limit minimum maximum"
    " deadline dose dosage range value formula symbol unit currency language author inventor founder composer"
    " president king queen ceo address postcode phone spelling pronunciation plural abbreviation acronym"
    " synonym antonym etymology translation default boiling melting freezing normal average typical legal"
    " official chemical atomic exact birthday birthplace nationality winner score result total sum record"
    " atomic latin national term word port code colour color",
    "unit": "year month day date week century decade hour time age temperature country city state town street"
    " key colour color language version port number percentage size speed rate currency company film book song"
    " album team planet element century verse chapter article section page species genus bone organ vitamin"
    " hormone letter symbol unit zone",
    "amount": "many much old tall high long far big large heavy deep wide fast often late early hot cold"
    " young thick strong common likely big",
    "plan": "way method approach procedure process technique steps step routine recipe trick checklist",
    "range": "options choices possibilities alternatives approaches ways ideas treatments strategies"
    " techniques methods applications kinds types sorts styles schools theories trends resources books courses"
    " tools careers jobs paths routes arguments perspectives views opinions examples projects recipes topics"
    " areas themes variations therapies remedies opportunities activities hobbies places suggestions tips"
    " recommendations varieties genres movements traditions exercises podcasts libraries frameworks angles"
    " developments debates questions findings",
    "part": "part parts piece pieces component components module modules service services package packages layer"
    " layers table tables system systems subsystem team teams actor actors organ organs player players process"
    " processes element elements node nodes factor factors department departments",
    "effect": "affect affects affected influence influences influenced impact impacts change changes changed alter"
    " alters shape shapes shaped raise raises raised reduce reduces reduced increase increases weaken weakens"
    " improve improves worsen worsens damage damages harm harms prevent prevents cause causes caused trigger"
    " triggers triggered produce produces produced create creates created lead leads led contribute contributes"
    " contributed become became turn end ended make makes made kill kills killed spread rise fall collapse"
    " ruin ruins ruined spoil spoils destroy destroys hurt hurts help helps boost boosts bring"
    " brought push pushed drive drives drove",
    "turn": "rise drop fall decline increase growth success failure shift surge spike collapse popularity spread"
    " absence lack loss boom bust crash disappearance extinction downfall jump slump change difference delay"
    " shortage victory defeat demise revival resurgence",
    "past": "led caused forced drove pushed made lost won ended started brought turned doomed changed shaped sparked"
    " triggered",
    "bearing": "affect affects influence influences regulate regulates control controls constrain constrains"
    " balance balances feed feeds support supports limit limits",
    "fault": "problem fault bug error mistake issue culprit defect flaw malfunction glitch breakage weakness leak"
    " bottleneck trouble",
    "pain": "pain pains ache aches aching hurt hurts hurting sore rash swollen swelling itch itches itchy itching"
    " dizzy dizziness numb numbness tingling fever cough coughing bleeding bleeds nausea vomiting headache"
    " headaches cramp cramps stiff stiffness limp limping limps tired fatigue exhausted lump bump bruise bruises"
    " blister blisters burning throbbing palpitations lethargic scratching sneezing wheezing",
    "failing": "crash crashes crashed crashing freezes frozen hangs hanging lags lagging stutters stuttering"
    " overheats overheating fail fails failed failing breaks broke broken disconnects disconnecting reboots"
    " rebooting restarts restarting times timeout timeouts stalls stalling stalled deadlocks deadlock loops"
    " corrupted corrupt garbled blank unresponsive unreachable refuses refused refusing rejects rejected stuck"
    " jams jammed jamming trips tripping sulks dies died dead drops dropping dropped drains draining skips"
    " duplicated missing vanished vanishes disappears disappeared leaks leaking leaky drips dripping",
    "ill": "squeaks squeaking squeaky rattles rattling buzzes buzzing buzz grinds grinding clicks clicking"
    " hums humming hisses hissing whines whining clunks clunking knocking wobbles wobbling wobbly smell smells"
    " smelly smoke smoking noise noises flickers flickering blinks blinking wilts wilting wilted yellowing"
    " drooping droopy droops curling browning sinks sank collapses collapsed lumpy soggy mushy dense gummy"
    " rubbery grainy runny watery cloudy murky mould moldy mouldy rust rusty cracks cracked cracking peeling"
    " warped spots patches blotches holes hole stain stains foggy blurry hollow muffled muddy scratchy crackles"
    " crackling distorted sour bitter slimy sticky stringy weird strange odd funny vibrates vibrating shakes"
    " shaking pulls jerks jerky lost losing loses sluggish wrong",
    "odd": "unusual unconventional unorthodox unexpected silly silliest absurd absurdest wacky whimsical playful"
    " imaginative inventive offbeat off-beat quirky radical outlandish provocative counterintuitive"
    " counter-intuitive lateral out-of-the-box craziest weirdest strangest oddest wildest bizarre ridiculous zany"
    " unheard-of contrarian far-fetched improbable unrelated eccentric maddest cheeky tongue-in-cheek",
    # Besides question words and auxiliaries: what a report of a symptom does not begin with.
    "unreport": "what steps difference overview history background definition tell explain describe reason reasons"
    " pros feedback wild uses best worst options ideas ways how whether unless suppose supposing"
    " imagine assuming say consider let please instead between metaphors analogy analogies name come turn"
    " surprise approach reimagine rethink reframe steps to of by instructions effects effect causes"
    " cause comparison summary introduction guide",
}
CLASSES: dict[str, tuple[str, ...]] = {
    name: tuple(dict.fromkeys(words.split())) for name, words in _CLASSES.items()
}

SPELLINGS = {
    "whats": "what is", "hows": "how is", "whos": "who is", "wheres": "where is", "whens": "when is",
    "thats": "that is", "theres": "there is", "heres": "here is", "isnt": "is not", "arent": "are not",
    "wasnt": "was not", "werent": "were not", "dont": "do not", "doesnt": "does not", "didnt": "did not",
    "cant": "can not", "cannot": "can not", "couldnt": "could not", "wouldnt": "would not", "wont": "will not",
    "shouldnt": "should not", "hasnt": "has not", "havent": "have not", "hadnt": "had not", "im": "i am",
    "ive": "i have", "youre": "you are", "theyre": "they are", "weve": "we have", "u": "you", "r": "are",
    "ur": "your", "y": "why", "wat": "what", "wot": "what", "wy": "why", "hwo": "how", "waht": "what", "teh": "the",
    "pls": "please", "plz": "please", "plse": "please", "thx": "thanks", "diff": "difference",
    "versus": "vs", "v": "vs", "v.s": "vs", "wanna": "want to", "gonna": "going to", "gotta": "have to",
    "shd": "should", "cld": "could", "wld": "would", "b/c": "because", "bc": "because", "cuz": "because",
    "cos": "because", "w/o": "without", "w": "with", "alot": "a lot", "lets": "let us", "cannt": "can not",
    "ain't": "is not", "gimme": "give me", "lemme": "let me", "dunno": "do not know", "howto": "how to",
}  # fmt: skip
"""Words as people type them, and the plain ones."""

CONTRACTIONS = (
    (
        r"\b(what|who|where|when|why|how|that|it|there|here|he|she|this|everything|nothing|something) 's\b",
        r"\1 is",
    ),
    (r"\blet 's\b", "let us"),
    (r"\bcan't\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"\bshan't\b", "shall not"),
    (r"n't\b", " not"),
    (r"(?<=\w)'d\b", " would"),
    (r"(?<=\w)'ll\b", " will"),
    (r"(?<=\w)'ve\b", " have"),
    (r"(?<=\w)'re\b", " are"),
    (r"(?<=\w)'m\b", " am"),
    (r"\bvs \.", "vs"),
)
"""Contractions as expressions, and what they stand for."""

FRAMES = (
    "please|kindly|hi|hello|hey|ok|okay|so|well|and|but|also|now|then|just|actually|honestly|basically|sorry|or (,)",
    "quick|simple|silly|stupid|dumb|genuine|serious|another question (,)",
    "can|could|would|will|may|might you|someone|somebody|anyone|anybody (please|kindly) ={asking}",
    "can|could|would|will you please|kindly",
    "i .. know|understand|ask|wonder|wondering|see|learn|out|sure|curious|asking ={wh}",
    "i .. know|ask|wonder|wondering|sure|curious|asking if|whether",
    "do|does|did|would|can|could|have you|anyone|anybody|someone|somebody (happen) (to) know|tell|say|remember ={wh}",
    "who can tell|show|explain|teach|help (to) (me|us) ={wh}",
    "tell|explain|show|remind|teach|describe|say|work|find|know|help (to) (me|us) (see|work|find) (out) ={wh}",
    "understand|figure|help (to) (me|us) (understand|out) ={wh}",
    "what i want|need|wonder .. is", "my question is", "any|no idea|clue|thoughts|notion ={wh}", "for ={wh}",
)  # fmt: skip
"""Politeness and detours before a question or an order; they say nothing of its kind."""
