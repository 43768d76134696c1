package io.procpool.durability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The states of a job as they are published in {@code docs/states.md}.
 *
 * @param after which states can be seen after which, whatever was in between
 */
record Automaton(Map<String, Set<String>> after) {
    static final Set<String> FINAL = Set.of("succeeded", "failed", "cancelled", "expired");
    private static final Pattern STEP = Pattern.compile("^ *(\\w+) --> (\\w+)", Pattern.MULTILINE);

    static Automaton published() throws IOException {
        var steps = new HashMap<String, Set<String>>();
        var picture = STEP.matcher(Files.readString(Path.of("docs/states.md")));
        while (picture.find()) {
            steps.computeIfAbsent(picture.group(1), _ -> new HashSet<>()).add(picture.group(2));
        }
        var after = new HashMap<String, Set<String>>();
        steps.keySet().forEach(state -> after.put(state, reached(state, steps)));
        return new Automaton(after);
    }

    private static Set<String> reached(String from, Map<String, Set<String>> steps) {
        var seen = new HashSet<String>();
        var left = new ArrayDeque<>(steps.getOrDefault(from, Set.of()));
        while (!left.isEmpty()) {
            var next = left.remove();
            if (seen.add(next)) {
                left.addAll(steps.getOrDefault(next, Set.of()));
            }
        }
        return seen;
    }

    boolean allows(String earlier, String later) {
        return earlier.equals(later) || after.getOrDefault(earlier, Set.of()).contains(later);
    }
}
