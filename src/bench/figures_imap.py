"""Figure 7: streams."""

from figures import Figure
from imap import ImapCall


def imap(contenders, rounds, sizes):
    calls = [ImapCall(items, chunksize) for chunksize, items in sizes.items()]

    def measure(contender):
        return {f"chunksize {call.chunksize:,}, items per second": call.items / contender.imap(call) for call in calls}

    return Figure("7. imap, math.isqrt", contenders, rounds, measure, False, lambda contender: None)
