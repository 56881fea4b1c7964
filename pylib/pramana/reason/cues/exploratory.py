"""Cues of a exploratory question: the answer is a tour of a topic, or options that the asker did not name."""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS = """
5 asks about a topic:
    tell|teach|inform|talk|speak|educate (me|us|more) .. about|on / let us|me talk|explore|discuss /
    overview|introduction|intro|primer|rundown|round-up|roundup|survey|tour|crash-course|recap|background|
    digest|briefing|backgrounder|orientation|deep-dive|panorama of|on|to|for|about|into|please|: /
    crash course|guide in|on / guide to / introduce|introduces me|us to /
    brief|fill|catch|update|bring|get|orient me|us .. on|in|up /
    ^ (the) (brief) history|story|evolution|development|future|state|basics|fundamentals|essentials|
    landscape|world|scene|culture|philosophy|range|variety|varieties of|and / landscape|scene|world of /
    state of the art|play / the basics|essentials|lay|gist|fundamentals of|land /
    big|main|key ideas|themes|debates|questions|figures|players|schools|concepts|arguments / in a nutshell /
    _ 101 / ins and outs / help me|us understand|grasp|get !why|how|what|whether /
    summarise|summarize|sum|summary /
    general|rough|good|quick idea|picture|sense|feel|tour|look|glance of|on|at|through /
    facts about|on|regarding / world of / let us explore|talk|discuss|look /
    first|quick|brief|short|general|gentle|rough|basic|closer|broad|bird look|glance|tour|introduction|idea|
    sketch|summary|history|survey|view at|of|to|on / range of|please|,
5 asks what is known:
    what|anything|everything|something|all|stuff|things|much is|do|does|did|have|has|there|you|i|we|science|
    to ... know|known|noted|learned|written|saved|recorded|said|saying|think|published about|on|of|
    regarding|around / what do|can|have|did {me} ... about|on|regarding /
    what is|are|do people|others|experts|folks|everyone ... about|on /
    anything|something .. interesting|new|useful|worth|notable|on|about|regarding|in /
    there to know|see|learn|do|explore|discover /
    worth reading|knowing|seeing|visiting|watching|exploring|trying|considering|following|a /
    is|are out there /
    what is|are new|latest|hot|trending|interesting|special|available|possible|known|exciting|fun|
    remarkable|big|going .. in|with|about|for|?|$ /
    show|find|pull|bring|give|gather|collect (me) .. we|i|you|everything|anything|all|notes|something ..
    have|know|noted|on|about|up /
    research|literature|thinking|notes|reading|material|info|information|knowledge|opinions|insights on|
    about|around / what can you tell / say|says|said|written|noted about|on|regarding /
    good|used|useful for ?|$ / is|are {pronoun} good|used for /
    (in|from|on) {owner} notes|memories|files|documents|records|entries|journal|diary on|about|regarding /
    notes about|on|from / big picture on / happening|going on in|at|with /
    the latest|current on|state|news|thinking / what is there / how is|are .. used /
    use|uses|applications of /
    current|recent|modern|latest thinking|research|views|state|trends|developments|knowledge|debate|
    scholarship / should|must|ought|does|can a|an|the|every (_) _ know /
    facts|trivia|curiosities|stories|legends|myths about|of|on|from /
    sources|books|articles|podcasts|papers on|about /
    what do|does ... actually|really|typically|usually do|involve / all day ?|$ / reasons to /
    the|what sources|books|papers|experts|critics|historians|studies ... say|said|write|think about|on /
    what is|are happening|going in|with|at|on
5 asks for options:
    {owner}|any|some|other|possible|different|various|main|many|more|few|good|common|typical|popular|
    available|several|nice|interesting|great|further|cool|existing .. {range} / the {range} !is|was|of /
    what|which|whats .. {range} / {range} for|to|in|worth|there|open|besides|beyond|like|when|?|$ /
    are there (any) .. {range}|other / what else / ^ !{aux}|{wh} .. {range} $ /
    list|suggest|recommend|give|show|name (me) .. {range} /
    possibilities|options|alternatives|ideas|possible treatments / ways to|of|in|people /
    what|who|where|how could|can|might|should {me} .. do|read|watch|try|cook|make|plant|see|visit|eat|grow|
    play|listen|study|explore|follow|go with|in|on|about|when|for|to|this|next|around /
    where can|could|should|to ({me}) .. learn|read|find|look|explore|hear more|about|up|out|on /
    what do people|others|folks / what do you think|recommend|suggest /
    suggest|recommend !me|us|a|an|the _ /
    suggest|recommend (me|us) some|a .. book|novel|film|series|podcast|album|place|course /
    which|what !order _ can|could|might|should {me} / which|what _ do you recommend|suggest /
    things|stuff|places|books|films|novels|stories|activities|plants|games|songs|recipes|dishes|pieces|
    hobbies to|for|about|set|that|by|on|you|i|in|worth / things to / some _ for|to|about|on|in /
    what|who|where should {me} read|see|visit|watch|try|explore|listen|follow|learn|plant|cook|eat /
    good|best|great|nice books|novels|resources|introductions|places|reads|films|sources|podcasts /
    (some|any) inspiration|ideas|tips for|on /
    what|which _ do|does|are|can|have people|others|you|folks|they|experts|professionals (use|recommend|
    like|prefer) / what|which sort|sorts|kind|kinds|type|types of !damage|harm /
    which|what _ are|is|were|was used|available|common|popular|possible|around|out|worth|good|known /
    what would|do you recommend|suggest / best known|loved|rated /
    how do|does people|others|folks|most|everyone ... (usually|normally|typically) cope|deal|handle|manage|
    feel|think|react
4.5 wants to explore:
    explore|exploring|discover|discovering|delve|dig|dive|dabble /
    interested|curious|fascinated|intrigued|enthusiastic|interest|passionate in|about|by /
    learn|read|hear|know|understand|find|study more|something|anything|a .. about|on|of|out /
    learn|learning|read|reading|hear|hearing|wonder|wondering|think|thinking|musing|talk|chat about /
    i wonder|wondering about / getting|get|go|going|look|looking into / discuss|discussion /
    thoughts|opinions|views|perspectives|musings on|about /
    what should|must|ought {me} .. know|read|consider|learn|expect|aware / people ... care /
    new|newcomer|newbie to / know nothing|little / do|does not know ... thing|first|anything|much (about) /
    pointers|recommend|recommendations|suggestions / started with|in /
    hear|heard|hearing|read|reading|seen about|of / keep|kept hearing|reading|seeing (about) /
    tell me more / i love|enjoy|like to hear|know|learn|read|talk /
    before buying|adopting|choosing|moving|starting|getting /
    begin|start|go reading|learning|exploring|digging|looking / interested|curious /
    want|like|love|keen|hoping|eager to (know|learn|hear|read|understand|see) more|about|everything|
    something / know|learn|read more|about|everything / dipping|dip into
3 asks to describe:
    ^ describe|discuss|explain|summarise|summarize|outline|sketch|cover|present !how|why|what|the .. _ /
    ^ explain|describe|outline ... like|to|in|for / what is|are .. all about /
    ^ what is|are !{det}|{judged}|{superlative}|wrong|this|that|it _ $ /
    kinds|types|sorts|forms|varieties|schools of / ^ who are the|some /
    key|leading|main|important|influential|notable people|figures|thinkers|authors|players|writers|names /
    what is .. like / an idea|sense|picture|feel of|for / ^ explain _ (_) to|for|in|please|?|$ /
    ^ explain _ (_) (_) $ / ^ describe / life in|as|of|under|on|at a|an|the|medieval|ancient|_ / all about /
    ^ discuss / what does ... look|feel|taste|sound|involve|entail
2 names a topic and asks nothing:
    ^ !{wh}|{aux}|{unreport}|{task}|{pronoun}|{det}|{attribute}|{superlative}|if|*ing _ !{aux}|{attribute} _
    (_) (_) $ /
    ^ !{wh}|{aux}|{task}|{det}|{attribute}|{superlative} .. uses|history|basics|trends|overview|background|
    resources|tips|facts|culture $
1.2 is about something:
    about
"""
