"""Cues of a lateral question: the answer is an analogy, a reframing or an unusual idea."""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS = """
7 asks for a likeness:
    analogy|analogies|metaphor|metaphors|metaphorical|metaphorically|simile|similes|parable|allegory|
    analogous|likened|liken / equivalent of|in|for / as if|though it|they|he|she|i|we|you were /
    see|view|treat|think|imagine|picture|describe|retell|tell|frame|regard|recast|present|pitch|cast|
    present|draw ... as a|an / think|imagine|picture|treat ... like a|an /
    behaves|behave|works|work|looks|acts like a|an|the /
    what|who|which|anything|something (else) ... behaves|works|looks|acts|is|was|are like /
    is|are|was _ like a|an / reminds|resembles|mimics (you|us|me) /
    connect|combine|marry|cross|mash|fuse|link|blend|mix ... in one|with|to something|an /
    in|into one idea|image|sentence|picture /
    were|become|becomes gifts|animals|people|alive|games|songs|cities|plants /
    explain|describe|teach|show|tell|illustrate|present|sell|summarise ... with|using|through|via|only|as
    !examples|an|example|respect|regard|reference|code|diagrams|the|a|me|us|my|steps|numbers|pictures|help _
    $ / bridge|parallel|parallels between ... and / in terms of a|an /
    what do|does|can ... know|have|do that ... not|lack /
    soap opera|western|fairy tale|love letter|detective|crime|bedtime|ghost story|novel / where else /
    how is|are|was ... like a|an|the|*ing|_ ?|$ / more like _ / like a|an|the _ (_) ?|$ /
    is|are ... (more) like _ or / shaped|built|formed|structured like / how is|are ... like *ing|a|an|the /
    how would|do|could {me} explain|describe|sell|show|present|pitch|teach ... to a|an|your|someone|
    somebody|five / the way (that) a|an _ (_) would|does|might / to do with ?|$ /
    got|have|has .. to do with / rewrite|retell|rephrase|restate|recast|recount|narrate|sing ... as a|an|if
10 makes one thing another:
    what if|suppose|supposing|imagine|say ... were|was|became|had a|an _ ?|,|:|$ /
    if {det} .. were|was a|an _ ?|,|: /
    were|become|becomes gifts|animals|people|alive|games|songs|cities|plants / ^ if .. were|was a|an ... , /
    could|can a|an|the .. be a|an / could|can ... be a kind|form|sort of / be the point /
    what if nobody|everyone|everybody|we .. only|all|swapped|never|stopped|paid|banned|gave|deliberately /
    what colour|color|animal|flavour|taste|shape|sound|season is|are|would|does
7 asks for the unusual:
    {odd} /
    mad|odd|strange|wild|fresh|novel|original|new|funny|fun|weird|crazy|unlikely|amusing idea|ideas|way|
    ways|use|uses|angle|angles|approach|solution|solutions|take|title|titles|thought|thoughts|perspective|
    spin|twist|lens|eyes|slant|metaphor /
    surprise|amaze|astonish|delight|shock me|us|them|everyone|everybody / out|outside (of) the box|obvious /
    nobody|no-one|none|never ... expect|expects|expected|thought|think|thinks|tried|considered|would|else|
    imagined|saw / no one .. expect|expects|thought|thinks|tried|would|else|imagined /
    not boring|obvious|usual|another|typical / other than the usual / (the) least obvious|expected|likely /
    totally|entirely|completely|radically|wildly|utterly new|different|unrelated|unlike /
    something totally|entirely|completely / make me laugh|gasp|think / twist on
7.5 asks to turn it round:
    reimagine|rethink|reframe|reinvent|reimagining|rethinking|reframing|re-imagine|re-think|re-frame|remix|
    subvert|upend|repurpose|repurposed|gamify /
    turn|turned|turning|flip|flipped|stand|stood|put ... round|around|upside|inside|its|sideways|backwards /
    upside down / on its head / inside out /
    ^ flip|invert|reverse|turn the|it|this question|problem|idea|goal|order|roles|situation|?|$ /
    the opposite|reverse|inverse of|to|:|approach / backwards|sideways /
    approach|tackle|attack|look|see|consider|view|picture|imagine ... from|through|with ... angle|angles|
    eyes|side|lens|perspective|mars|viewpoint /
    look|think|see|do|approach ... differently|otherwise|sideways|afresh / do the opposite|reverse /
    break|breaking the rules / ^ how can|could|might ... worse|worst|badly /
    as bad|badly|slow|slowly|ugly|annoying|hard|long|boring|confusing|painful as possible /
    instead of *ing ... , (^) {wh} / swap|switch|exchange|trade roles|the roles|places|sides /
    ^ forget|ignore|drop|ditch|throw|leave|abandon ... usual|rules|convention|conventional|obvious|
    everything|normal|standard|habit / never mind the usual / wrong way round / other way round|around /
    challenge ... assumption|assumptions / question the|every|all assumption|assumptions /
    what|how would|could {me} do|make|change|teach|run|build|start ... differently /
    let us flip|turn|invert|reverse / flip|invert it|this|things|that /
    how do|could|can {me} lose|ruin|fail|destroy|annoy|drive away|all|every|everyone|it /
    how to lose|ruin|fail|annoy
7 borrows from elsewhere:
    can|could|might|would|should ... learn|learned|borrow|steal|copy|teach|inspire|inspired ... from|us|by /
    learn|borrow|steal|copy|lessons|inspiration|inspired|leaf from|by ... / ideas|idea|trick|tricks from /
    would|could|might ({det}) {person} / {det} {person} would|might|could|think /
    {person} ... say|think|do|make|design|run|solve|approach|advise / through ... eyes /
    eyes|perspective|viewpoint|shoes|position of|from a|an|the|our|someone|somebody / point of view of /
    from the|a perspective|viewpoint|shoes|standpoint|view / in the style|spirit|manner|voice of /
    field|fields|industry|industries|discipline|disciplines|animal|animals|plant|sport|game|craft|profession
    besides|outside|already|has|have|solved|would|could|that /
    outside (of) technology|business|medicine|biology|it|software|science|our /
    besides|outside ... already|solved|solves / in nature /
    nature ... solve|solves|solved|teach|works|copy / as a|an _ would /
    how|what would|might|could|do|does nature|evolution|animals|ants|bees|trees|children|birds|a|an ..
    {person}|nature|evolution|ants|bees|trees|children|birds|animals ... / would nature /
    _ would|might think|say|do of|about|if|with|here / could|can they|it|he|she teach /
    what|how would|might|could a|an .. _ ask|say|think|notice|design|build|do|make|fix|change|teach|
    organise|organize|run|handle|sell about|of|our|my|the|this|a|with|if|here|differently /
    how might|could|would !{me}|the|my|our|this|that _ .. run|organise|organize|design|build|teach|handle|
    manage|plan|solve|do / what would !{me}|{pronoun}|{det}|happen _ do|say|think|write|make
6.5 asks to make something up:
    come|think|dream|coming|dreaming up with|of|a|an|something|the /
    think of a|an|some|three|five|ten|something /
    ^ invent|conceive|devise|concoct|dream|compose|improvise _ / invent a|an|some|something /
    brainstorm|brainstorming /
    write|compose|make|give|tell|draw|propose|suggest|turn|sing (me) .. poem|story|joke|haiku|limerick|
    slogan|title|titles|riddle|song|rap|tagline|fable|pun|myth|fairy-tale|ballad|sonnet /
    creative|creatively|creativity / inspire|inspiring /
    make|turn|turned|turning ... into a|an|part game|song|story|dance|feature|superpower|gift|joke|art|
    party|ritual|sport|adventure|of / the fun|joke|game / why do|should not we (just) /
    which animal|colour|color|instrument|spice|dish|dance|superhero|fairy-tale /
    secret|hidden|second life|use|talent /
    make .. _ fun|exciting|playful|magical|sexy|funny|memorable|beautiful|delightful|irresistible /
    bad|terrible|worst|awful|silly|stupid|ten|twenty|fifty|hundred ideas|bad /
    a|an bedtime|short|children .. story|poem|song /
    story|poem|song|rap|haiku|joke that|about|to|for|on|explaining /
    something .. to|for|that do|with|nobody|no / use|uses for old|stale|leftover|empty|broken|used|worn /
    find (me) an|a|some link|use|connection|excuse|hidden / what else could|can ... be|become|do|used /
    ^ think|dream|make|cook up / turn|turning|make|transform our|my|this|the|a|an ... into a|an /
    playful|charming|useless|ridiculous|magical|delightful|poetic|whimsical _ /
    ritual|game|joke|prank|treasure|quest|carnival|festival|circus for|out|hunt|about /
    ^ a|an (_) riddle|poem|story|song|haiku|limerick|joke|fable|parable|fairy-tale|myth|sonnet|slogan|pun /
    nobody|no-one|no (one) has|have had|ever|yet|seen|heard
3 hints at a fresh idea:
    if|when {me} had|have|could|can to|only ... without|with / with only|just|nothing but|a|one /
    only a|one _ / could|can it|that|this be useful|fun|good|beautiful|helpful / what would make /
    something for|to .. with / what would you do|make|build with
3 asks how one might:
    how might|could {me} .. (make) worth|fun|sell|use|delight|love|enjoyable|attractive|desirable|pleasant|
    beautiful|surprise / how|what could we / what if|about we
5 calls one thing another:
    ^ could|can|might|is _ (_) be a|an|the _ ?|$ / ^ could|can|might _ (_) be|become a|an|the
"""
