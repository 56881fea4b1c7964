"""Cues of a causal question: the answer is a reason, a mechanism, or the effects of something real."""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS = """
2.5 asks why:
    how so / why / how come / wherefore / reason / because / whence / for what do|does|did
3.5 asks why, first of all:
    ^ why / ^ how come / ^ whence / ^ how so
4.5 names a reason:
    for what|which reason|reasons|purpose / because of|for what / on what grounds / to what end /
    what for $ /
    any|known|good|real|historical|main|the reason|reasons|rationale|motive|motives|motivation|grounds|
    justification|logic|purpose /
    reason|reasons|rationale|motive|motives|motivation|grounds|justification|explanation|explanations|logic|
    purpose behind|for|that|why|of|the|{pronoun} / ^ reason|reasons|cause|causes /
    what|where is the explanation|reason|cause|point|purpose|origin|idea|logic / what is|was|lies behind /
    something|anything (else) behind / cause|causes|root|roots|origin|origins|source of / because of /
    because / known grounds|reasons|causes /
    which|what mistake|error|decision|event|events|factors|factor|forces|conditions|circumstances|discovery|
    invention ... {past} / {past} to / reasoning|thinking|rationale behind|for /
    on account|grounds of|that / {aux} ... because / as a result of / thanks to /
    the secret|key of|behind|to / the driving force / attributed|attributable to
4 asks what brought it about:
    what|which|who ... caused|causes|cause|trigger|triggers|triggered|provoke|provokes|provoked|spark|
    sparks|sparked|prompt|prompts|prompted|motivate|motivates|motivated|drove|drives|drive|driven|fuels|
    fuelled|pushes|pushed|forces|forced|led|leads|persuaded|doomed /
    bring|brings|brought|came|come|comes about / rise to / what|which|who ... responsible for /
    what keeps|stops|prevents|holds|attracts|draws !in / what is|was it about|in|with ... that /
    owe|owes|owed|due|thanks|down to / what ... owe|owes|owed / could|can|might it be that / what happened /
    played a|the (_) role|part in /
    what is driving|fuelling|fueling|pushing|making|causing|keeping|holding !my|our|me|us|that|this|it|
    these|those|such / what gets|got|drives|leads|makes|moves|persuades|compels|pushes|tempts ... to
3.5 asks what makes it so:
    what|which|who makes|made / what (_) (_) makes|made / what would|could|can make {det}|{pronoun} /
    what ... explain|explains|explained|accounts|account / what changed|turned|shifted|gave /
    why|how is it that / explain that|this|it (to) (me|us) ?|$ / on what basis|evidence /
    what makes {det}|_ _ go|fade|turn|become|get|feel|taste|look|sound|smell|last|work|fail|stick|spread|
    grow|change|fall|rise|burn|cry|laugh|want
4 asks for a mechanism:
    by|through what|which means|mechanism|process|route /
    mechanism|mechanisms|mechanics by|of|behind|that|for|through|?|$ /
    science|physics|chemistry|biology|psychology|economics behind|of|why / could|can|might it be that /
    through|by what / in what|which manner|way|ways do|does|did|influences|affects|changes|has|have
4.5 asks for effects:
    effect|effects|impact|impacts|consequence|consequences|influence|repercussions|ramifications|aftermath|
    fallout|side-effects|implications|outcome|harm of|on|for|does|do|did|has|have /
    what|which effect|effects|impact|consequences|influence|implications /
    follows|followed|resulted|results from|in / what happens|happened|goes|went|becomes to|in|inside /
    with what result / what|how much do|does|did|can|could|will ... do|does to|for|with|against /
    knock-on|long-term effect|effects / what do|does|did _ (_) do in|to|for|with|inside|when /
    role of .. in !the / what|which (sort|kind) (of) damage|harm|good|difference do|does|did|can /
    damage|harm|toll|burden of|to|on|does / what is the effect|impact|result|outcome /
    good|bad|harmful for {det} (_) health|heart|skin|teeth|brain|environment|economy|climate /
    what follows|results|comes for|from|of|when|if|after / to what effect /
    what|which (is|are|was|were) (the) (_) effects|effect|consequences|consequence|impact|impacts|
    implications|repercussions / ^ consequences|effects|causes / {wh} ... causes ?|$ /
    : causes|reasons|consequences|effects
2 asks how something comes about:
    ^ how do|does|did !{me}|people ... / ^ how has|have|was|were !i|we|you|organised|organized ... /
    ^ in what way|ways do|does|did|has
2 asks how one thing acts on another:
    how|what|way do|does|did|has|have|had|can|could|was|were !i|we|you ... !{det} _ {effect} /
    how ... manage|manages|managed|come|came|get|got|end|ended to|up|so
4 asks whether one thing makes another:
    do|does|did|is|are|can|could .. _ !not .. cause|causes|causing|make|makes|lead|trigger|worsen|really|
    delay|stunt|prevent|spread / ^ is|was|were it !true|possible|legal ... that|who|or /
    or is|was|were|do|does|did|has it|there|they|something|the|we / something|anything else /
    ^ do|does|did|can|will !i|we|you|not|{wh} ... !{det} _ {effect} /
    is|are|was|were ... because|due|caused|responsible|down|linked|behind|thanks /
    {aux} ... or something|someone|anything|somebody
2.5 is puzzled:
    puzzles|puzzled|puzzling|baffles|baffled|mystery|mystifies|wonders|astonishes /
    surprised|surprising|strange|curious|odd that|how /
    i do|can|could|never .. (not) understand|get|see|understood|got / makes no sense
4.5 asks for the rise or fall of something:
    ^ (the) rise|fall|decline|collapse|downfall|demise|success|failure|popularity|disappearance|extinction
    of / what happened|became to|of /
    how|why did .. become|end|come|fall|rise|turn|spread|get|go|survive|disappear|die|happen|lose|win|arise|
    emerge|start|begin / explain|understand the|that|this|a|its {turn} /
    what|who is behind the|this {turn} / the|this sudden|rapid|steady|slow|recent|sharp {turn}
1.2 asks how, of something other than the asker:
    ^ how do|does|did|has|have !{me} / ^ how was|were
3 asks how something came about:
    ^ how did !{me}
"""
