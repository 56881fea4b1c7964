"""The stop words of the text kernel (rust-kernels/text/src/stop.rs): English function words, without apostrophes."""

from __future__ import annotations

__all__ = ["STOP_WORDS"]

_LIST = """
a about above after again against all also am among an and any are around as at be because been before
being below between both but by can cannot cant could couldnt did didnt do does doesnt doing done dont
down during each few for from further had hadnt has hasnt have havent having he hence her here hers
herself hes him himself his how however i if im in into is isnt it its itself ive just let lets me might
more most much must my myself no nor not now of off often on once only onto or other our ours ourselves
out over own same shall shant she shes should shouldnt since so some such than that thats the their
theirs them themselves then there theres these they theyre theyve this those through to too under until
unto up upon us very was wasnt we were werent weve what when where whether which while who whom why will
with within without wont would wouldnt yet you your youre yours yourself yourselves youve
"""

STOP_WORDS = frozenset(_LIST.split())
