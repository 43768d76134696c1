package io.procpool.durability;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import io.procpool.durability.Dump.Listed;
import io.procpool.durability.Dump.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/** Three that count the same jobs come to the same figures. */
final class BookRules {
    private BookRules() {}

    static List<Violation> check(Evidence evidence) {
        var violations = new ArrayList<Violation>();
        var dump = evidence.dump;
        var byApi =
                dump.listed().stream().collect(groupingBy(Listed::state, TreeMap::new, counting()));
        var bySql =
                dump.stored().stream().collect(groupingBy(Stored::state, TreeMap::new, counting()));
        var byMetrics = new TreeMap<>(dump.metrics());
        byMetrics.values().removeIf(count -> count == 0);
        if (!byApi.equals(bySql)) {
            violations.add(new Violation(Rule.BOOKS, "the API counts " + byApi + ", SQL " + bySql));
        }
        if (!byApi.equals(byMetrics)) {
            violations.add(
                    new Violation(
                            Rule.BOOKS, "the API counts " + byApi + ", metrics " + byMetrics));
        }
        var stored =
                dump.stored().stream().collect(toMap(Stored::id, Function.identity(), (a, _) -> a));
        dump.listed().stream()
                .filter(job -> stored.containsKey(job.id()))
                .filter(job -> !stored.get(job.id()).state().equals(job.state()))
                .forEach(
                        job ->
                                violations.add(
                                        new Violation(
                                                Rule.BOOKS,
                                                job.id()
                                                        + " is "
                                                        + job.state()
                                                        + " by the API only")));
        return violations;
    }
}
