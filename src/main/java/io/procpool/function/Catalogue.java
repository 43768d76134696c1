package io.procpool.function;

import io.procpool.problem.Failure.FunctionUnknown;
import io.procpool.problem.Refused;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a runtime found that can be called, by module. Names reach nothing else: {@code module.name} is a key here or it does
 * not exist.
 *
 * @param open whether there may be more functions, of which only a worker can tell
 */
public record Catalogue(Map<String, Module> modules, boolean open) {

    /**
     * What people want to know of a function.
     *
     * @param signature its parameters as its language writes them; of overloads all, with {@code ;} between
     * @param doc what its author wrote about it
     */
    public record Details(@Nullable String signature, @Nullable String doc) {
        public static final Details NONE = new Details(null, null);
    }

    /**
     * One module (of Java: class): its functions, or the error that its import ended with.
     *
     * @param doc what its author wrote about it
     */
    public record Module(
            String name,
            Map<String, Details> functions,
            @Nullable String doc,
            @Nullable String error) {
        public Module {
            functions = Collections.unmodifiableMap(new TreeMap<>(functions));
        }

        public Module(String name, Set<String> functions, @Nullable String error) {
            this(
                    name,
                    functions.stream()
                            .collect(Collectors.toMap(Function.identity(), _ -> Details.NONE)),
                    null,
                    error);
        }
    }

    public Catalogue {
        modules = Collections.unmodifiableMap(new TreeMap<>(modules));
    }

    public static Catalogue of(List<Module> modules) {
        return new Catalogue(
                modules.stream()
                        .collect(Collectors.toMap(Module::name, Function.identity(), (a, b) -> b)),
                false);
    }

    /** Nobody has said what there is: a worker is asked each time. */
    public static Catalogue unknown() {
        return new Catalogue(Map.of(), true);
    }

    public boolean has(String func) {
        return open || details(func).isPresent();
    }

    /** Of a function that is listed. */
    public Optional<Details> details(String func) {
        int dot = func.lastIndexOf('.');
        return dot < 1
                ? Optional.empty()
                : Optional.ofNullable(modules.get(func.substring(0, dot)))
                        .map(module -> module.functions().get(func.substring(dot + 1)));
    }

    /**
     * @throws Refused {@link FunctionUnknown} if {@code func} can't be called; with the import error if its module has one
     */
    public void require(String func) {
        if (!has(func)) {
            throw new Refused(new FunctionUnknown(func, whyNot(func).orElse(null)));
        }
    }

    /** Why a function that is not there is not, if its module could not be imported. */
    public Optional<String> whyNot(String func) {
        return brokenModule(func).map(Catalogue::describe);
    }

    private Optional<Module> brokenModule(String func) {
        return modules.values().stream()
                .filter(module -> module.error() != null && func.startsWith(module.name() + "."))
                .max(Comparator.comparingInt(module -> module.name().length()));
    }

    private static String describe(Module module) {
        return "module " + module.name() + " can't be imported: " + module.error();
    }
}
