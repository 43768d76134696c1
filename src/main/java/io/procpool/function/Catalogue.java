package io.procpool.function;

import io.procpool.problem.Failure.FunctionUnknown;
import io.procpool.problem.Refused;
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
 */
public record Catalogue(Map<String, Module> modules) {

    /** One importable module: its functions, or the error that its import ended with. */
    public record Module(String name, Set<String> functions, @Nullable String error) {
        public Module {
            functions = Set.copyOf(functions);
        }
    }

    public Catalogue {
        modules = new TreeMap<>(modules);
    }

    public static Catalogue of(List<Module> modules) {
        return new Catalogue(
                modules.stream()
                        .collect(Collectors.toMap(Module::name, Function.identity(), (a, b) -> b)));
    }

    public boolean has(String func) {
        int dot = func.lastIndexOf('.');
        if (dot < 1) {
            return false;
        }
        var module = modules.get(func.substring(0, dot));
        return module != null && module.functions().contains(func.substring(dot + 1));
    }

    /**
     * @throws Refused {@link FunctionUnknown} if {@code func} can't be called; with the import error if its module has one
     */
    public void require(String func) {
        if (!has(func)) {
            throw new Refused(
                    new FunctionUnknown(
                            func, brokenModule(func).map(Catalogue::describe).orElse(null)));
        }
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
