package io.procpool.runtime;

import io.procpool.function.Catalogue;
import io.procpool.wire.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a program says of itself in its hello. */
record CommandHello(Header fields) {
    private static final int LONGEST_DESCRIPTION = 80;

    /** Whether it has a connection for its output. */
    boolean hasOutput() {
        return fields.is("output");
    }

    /** If it does not say which functions it has, every call is put to a worker. */
    Catalogue catalogue() {
        if (!fields.has("functions")) {
            return Catalogue.unknown();
        }
        Map<String, Set<String>> byModule = new TreeMap<>();
        for (var name : fields.strings("functions")) {
            int dot = name.lastIndexOf('.');
            if (dot > 0) {
                byModule.computeIfAbsent(name.substring(0, dot), _ -> new TreeSet<>())
                        .add(name.substring(dot + 1));
            }
        }
        return Catalogue.of(
                byModule.entrySet().stream()
                        .map(
                                module ->
                                        new Catalogue.Module(
                                                module.getKey(), module.getValue(), null))
                        .toList());
    }

    List<String> warnings() {
        var warnings = new ArrayList<String>();
        var names = fields.strings("functions");
        if (fields.has("functions") && names.isEmpty()) {
            warnings.add("the hello lists no functions: nothing can be called");
        }
        names.stream()
                .filter(name -> name.lastIndexOf('.') < 1)
                .map(name -> "'" + name + "' can't be called: a function is module.name")
                .forEach(warnings::add);
        return warnings;
    }

    /** {@code node 20.20.2}; empty if it does not say. */
    Optional<String> description() {
        var said =
                (fields.string("runtime", "") + " " + fields.string("runtime_version", ""))
                        .replaceAll("\\p{Cntrl}", " ")
                        .strip();
        return said.isEmpty()
                ? Optional.empty()
                : Optional.of(said.substring(0, Math.min(LONGEST_DESCRIPTION, said.length())));
    }
}
