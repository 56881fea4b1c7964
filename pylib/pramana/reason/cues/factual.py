"""Cues of a factual question: the answer is one checkable fact, a short closed list, or yes or no."""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS = """
2 asks yes or no:
    ^ is|are|was|were|do|does|did|can|has|have|am|will _ / ^ is|are there /
    ^ is|are|has|have|was|were already|still|ever|anywhere / anywhere|already|yet|ever ? $
3.5 asks who:
    ^ who|whose|whom is|was|were|did|does|wrote|invented|discovered|founded|owns|won|painted|composed|runs|
    said|made|built|has|had|holds|led|directed|played|sang|designed|first / ^ who *ed
3.5 asks where:
    ^ where is|are|was|were !it|the|i|my|our / ^ where is|are|was|were the|my|our ... ?|$ /
    ^ where did|does ... live|die|come|grow|meet|happen|put|take|originate|begin|park|leave /
    born|buried|located|situated|based|headquartered $|in /
    ^ where did|have|do i|we|you put|leave|keep|store|park|save|hide|meet|buy / according to {owner} notes /
    ^ what is on
3.5 asks when:
    ^ when is|are|was|were|did|does|do|will|can|should|has / since|until|till|by|from when /
    by|until which (_) date|year|day|time / how long|recently ago|is|was|does|are
4 asks how much:
    how {amount} !would|could|might|do|should / how {amount} do|does|did|is|are|was|were|has|have /
    what|which percentage|proportion|fraction|share / number|amount of / how often /
    how far .. is|from|to|away|can / how many .. is|in|of|are|does|do|were|have|has|on /
    : (^) how many|much|long|often
4.5 asks for a value:
    what|which|whose {unit} / what is|was the {unit} /
    what|which .. side|day|time|number|name|type|colour|word is|was|are|do|does|did|in /
    what is|are|was|were ({det}) .. {attribute} / ^ (the) (_) {attribute} .. of|for|in|between|at /
    ^ !{wh}|{aux} .. {attribute} of|for|in / ^ {attribute} !for _ .. $ /
    ^ !{wh}|{aux}|how|a|an _ (_) {attribute} $ /
    difference in hours|time|days|price|age|height|years|size|weight|temperature|length /
    maiden|middle|full|first|last name
4 asks what a word means:
    does|do|did .. mean|stand|mean|stands|weigh|cost|contain|eat|measure|hold /
    what does|do .. _ mean|stand|use|eat|weigh|cost|contain /
    definition|meaning|synonym|spelling|etymology|pronunciation|translation|abbreviation|plural of|for /
    ^ define / what is .. word|term|name|symbol|plural|verb for|of /
    called|named|spelled|spelt|pronounced|abbreviated / spell|pronounce
3.5 asks for the most:
    ^ which|what|who is|are|was|were|has|have .. {superlative}|most /
    which|what _ .. is|are|was|were|has|have (the) {superlative}|*est|most|fewest /
    is|was|are|were the {superlative}|most / ^ .. {superlative} .. in|of|on
3.5 asks which is more:
    is|was|are|were .. _ .. {measured} than|or /
    is|are|was|were|be|do|does|did ... more|less|older|bigger than ?|$ / more|less than .. $ /
    {measured} than / ^ would|is|are ... more|less than
2 asks whether it may be:
    ^ can|may|is|are|must|do|does ... allowed|legal|illegal|permitted|required|mandatory|compulsory|toxic|
    poisonous|edible|true|safe|free|open|closed|valid / ^ is it true|legal|safe|ok|okay|allowed /
    limit to|on / by law
1.5 asks for one thing:
    ^ what|which _ {do}|{be}|{have} / ^ what is|are|was / ^ in|at|on|by|from|to which|what /
    next|last year|month ?|$ / on what / what|which _ did i|we / what|which _ ... use|uses|called
"""
