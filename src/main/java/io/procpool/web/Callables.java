package io.procpool.web;

import io.procpool.function.Catalogue;
import io.procpool.function.Catalogue.Details;
import io.procpool.function.Catalogue.Module;
import io.procpool.pool.Pool;
import io.procpool.pool.PoolState;
import io.procpool.pool.Pools;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What some pools know now of what can be called in them. Nothing is asked, and nothing waited for. */
final class Callables {
    private static final Comparator<Key> BY_NAME =
            Comparator.comparing(Key::name).thenComparing(Key::runtime);

    private record Key(String name, String runtime) {}

    /**
     * One function; the same name of another runtime is another one.
     *
     * @param pools that have it, by name
     */
    record Function(String name, String runtime, Details details, List<String> pools) {

        /** Where to call it if nothing is said about that. */
        String pool() {
            return pools.contains(Pools.DEFAULT) ? Pools.DEFAULT : pools.getFirst();
        }

        boolean isOfDefault() {
            return pools.contains(Pools.DEFAULT);
        }
    }

    /** One module of Python, or class of Java. */
    record Source(
            String name,
            String runtime,
            @Nullable String doc,
            @Nullable String error,
            List<String> pools) {}

    private final Map<Key, Function> functions = new TreeMap<>(BY_NAME);
    private final Map<Key, Source> sources = new TreeMap<>(BY_NAME);
    private final Map<String, Catalogue> catalogues = new TreeMap<>();
    private final List<String> incomplete = new ArrayList<>();

    /** @param pools those that take no work don't count */
    Callables(Collection<Pool> pools) {
        for (var pool : pools) {
            if (pool.state() == PoolState.RUN) {
                add(pool);
            }
        }
    }

    private void add(Pool pool) {
        var known = pool.catalogue();
        if (known.isEmpty() || known.get().open()) {
            incomplete.add(pool.name());
        }
        known.ifPresent(
                catalogue -> {
                    catalogues.put(pool.name(), catalogue);
                    catalogue.modules().values().forEach(module -> add(pool, module));
                });
    }

    private void add(Pool pool, Module module) {
        var runtime = pool.spec().runtime();
        sources.computeIfAbsent(
                        new Key(module.name(), runtime),
                        key ->
                                new Source(
                                        key.name,
                                        runtime,
                                        module.doc(),
                                        module.error(),
                                        new ArrayList<>()))
                .pools
                .add(pool.name());
        module.functions()
                .forEach(
                        (name, details) ->
                                functions
                                        .computeIfAbsent(
                                                new Key(module.name() + "." + name, runtime),
                                                key ->
                                                        new Function(
                                                                key.name,
                                                                runtime,
                                                                details,
                                                                new ArrayList<>()))
                                        .pools
                                        .add(pool.name()));
    }

    /** Whose names begin so, by name and runtime. */
    List<Function> functions(String prefix) {
        return matching(functions.values(), function -> function.name.startsWith(prefix));
    }

    /** Those that have, or would have, functions whose names begin so. */
    List<Source> sources(String prefix) {
        return matching(
                sources.values(),
                source -> source.name.startsWith(prefix) || prefix.startsWith(source.name + "."));
    }

    private static <T> List<T> matching(Collection<T> all, Predicate<T> wanted) {
        return all.stream().filter(wanted).toList();
    }

    /** The one of the default pool, if several runtimes have it. */
    Optional<Function> find(String name) {
        return functions.values().stream()
                .filter(function -> function.name.equals(name))
                .max(Comparator.comparing(Function::isOfDefault));
    }

    /** Why a function is not there, if something can be said about that. */
    Optional<String> whyNot(String name) {
        return catalogues.values().stream()
                .flatMap(catalogue -> catalogue.whyNot(name).stream())
                .findFirst()
                .or(
                        () ->
                                incomplete.isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(
                                                incomplete.stream()
                                                        .collect(
                                                                Collectors.joining(
                                                                        ", ",
                                                                        "it is not known what there is in pool ",
                                                                        ""))));
    }

    /** Pools that may have more: they start, can't start, or leave it to their workers to know. */
    List<String> incomplete() {
        return incomplete;
    }
}
