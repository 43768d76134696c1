package io.procpool.durability;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import io.procpool.durability.Dump.Listed;
import io.procpool.durability.Operation.Deed;
import io.procpool.durability.Operation.Deed.Submitted;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** All that the checker looks at, and ways to look at it. */
final class Evidence {
    final List<Operation> history;
    final Ledger ledger;
    final Dump dump;

    /** All that was wanted, by its tag, whatever became of the requests. */
    final Map<String, Wanted> wanted;

    /** The jobs of the API's dump by their id. */
    final Map<String, Listed> listed;

    /** Starts by the job's id. */
    final Map<String, List<Ledger.Entry>> starts;

    Evidence(List<Operation> history, Ledger ledger, Dump dump) {
        this.history = List.copyOf(history);
        this.ledger = ledger;
        this.dump = dump;
        wanted = new HashMap<>();
        of(Submitted.class).forEach(submit -> submit.wanted().forEach(this::note));
        listed =
                dump.listed().stream().collect(toMap(Listed::id, Function.identity(), (a, _) -> a));
        starts = ledger.starts().collect(groupingBy(Ledger.Entry::job));
    }

    private void note(Wanted one) {
        wanted.putIfAbsent(one.tag(), one);
    }

    /** All deeds of a kind. */
    <T extends Deed> Stream<T> of(Class<T> kind) {
        return operations(kind).map(operation -> kind.cast(operation.deed()));
    }

    Stream<Operation> operations(Class<? extends Deed> kind) {
        return history.stream().filter(operation -> kind.isInstance(operation.deed()));
    }

    List<Ledger.Entry> startsOf(String job) {
        return starts.getOrDefault(job, List.of());
    }

    /** Which worker processes were killed from outside. */
    Set<Long> killed() {
        var pids = new HashSet<Long>();
        of(Deed.WorkerKilled.class).forEach(kill -> pids.add(kill.pid()));
        return pids;
    }
}
