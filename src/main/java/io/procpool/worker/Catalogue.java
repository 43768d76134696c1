package io.procpool.worker;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which functions exist: the public static methods that a class declares itself, if that is public and an allow pattern or
 * {@code java.classes} names it. Names are looked up here and nowhere else: no class is ever loaded by a name from outside.
 */
final class Catalogue {
    private static final String PLATFORM = "java.";

    private final Welcome welcome;
    private final Patterns patterns;
    private final UserClasses users;
    private final Json json;
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, Function> functions = new HashMap<>();
    private final SortedMap<String, Module> modules = new TreeMap<>();

    /** A class that is allowed: its functions by their names, or why it can't be used. */
    record Module(String name, SortedMap<String, Function> functions, @Nullable String error) {}

    Catalogue(Welcome welcome, Json json) {
        this.welcome = welcome;
        this.json = json;
        this.patterns = Patterns.of(welcome.allow());
        this.users = UserClasses.in(welcome.folders());
        warnings.addAll(patterns.warnings());
        warnings.addAll(users.warnings());
    }

    ClassLoader loader() {
        return users.loader();
    }

    Collection<Module> modules() {
        return modules.values();
    }

    List<String> warnings() {
        return warnings;
    }

    /**
     * Loads and initialises every class that is allowed.
     *
     * @param beforeEach gets its name, so that the host knows which one hangs
     */
    void loadAll(Consumer<String> beforeEach) {
        var names = new LinkedHashSet<>(users.names());
        names.addAll(patterns.methods().keySet());
        for (var name : names) {
            load(name, beforeEach);
        }
    }

    private void load(String name, Consumer<String> beforeEach) {
        var reason = welcome.skip().get(name);
        if (reason != null) {
            put(name, List.of(), reason);
            return;
        }
        try {
            var type = users.names().contains(name) ? ofUser(name, beforeEach) : ofPlatform(name);
            if (type != null) {
                put(name, methods(type), null);
                warnAboutMissing(name);
            }
        } catch (ClassNotFoundException | LinkageError | RuntimeException failure) {
            put(name, List.of(), why(failure));
        }
    }

    private Class<?> ofUser(String name, Consumer<String> beforeEach)
            throws ClassNotFoundException {
        beforeEach.accept(name);
        var type = Class.forName(name, true, users.loader());
        if (!users.loader().equals(type.getClassLoader())) {
            throw new ClassNotFoundException(
                    type.equals(Current.class)
                            ? "it is for functions to use, not to be called"
                            : "it is a class of the JDK, which the allow list names, not java.classes");
        }
        return type;
    }

    /** Null if there is no such class: the pattern is another runtime's. */
    private @Nullable Class<?> ofPlatform(String name) {
        try {
            return Class.forName(name, true, ClassLoader.getPlatformClassLoader());
        } catch (ClassNotFoundException absent) {
            if (name.startsWith(PLATFORM)) {
                warnings.add("the allow list names " + name + ", which is no class");
            }
            return null;
        }
    }

    private List<Method> methods(Class<?> type) {
        if (!isReachable(type)) {
            throw new IllegalArgumentException("the class is not public");
        }
        var user = users.loader().equals(type.getClassLoader());
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> Modifier.isStatic(method.getModifiers()))
                .filter(method -> !method.isSynthetic() && Patterns.isPublic(method.getName()))
                .filter(method -> user || patterns.allows(type.getName(), method.getName()))
                .toList();
    }

    private static boolean isReachable(Class<?> type) {
        for (Class<?> next = type; next != null; next = next.getEnclosingClass()) {
            if (!Modifier.isPublic(next.getModifiers())) {
                return false;
            }
        }
        return type.getModule().isExported(type.getPackageName());
    }

    private void put(String name, List<Method> methods, @Nullable String error) {
        var found =
                methods.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Method::getName, TreeMap::new, Collectors.toList()));
        var ofModule = new TreeMap<String, Function>();
        found.forEach(
                (method, overloads) -> {
                    overloads.sort(
                            Comparator.comparingInt(Method::getParameterCount)
                                    .thenComparing(Method::toString));
                    var function = new Function(name + "." + method, overloads, json);
                    ofModule.put(method, function);
                    functions.put(function.name(), function);
                });
        modules.put(name, new Module(name, ofModule, error));
    }

    private void warnAboutMissing(String name) {
        var wanted = new TreeSet<>(patterns.methods().getOrDefault(name, Set.of()));
        wanted.remove("*");
        wanted.removeIf(method -> functions.containsKey(name + "." + method));
        for (var method : wanted) {
            warnings.add(
                    name
                            + "."
                            + method
                            + " of the allow list is no public static method of "
                            + name);
        }
    }

    private static String why(Throwable failure) {
        return switch (failure) {
            case ExceptionInInitializerError error when error.getCause() != null ->
                    "its initialization failed: " + Raised.by(error.getCause()).message();
            case ClassNotFoundException missing when missing.getMessage() != null ->
                    "there is no such class: " + missing.getMessage();
            default -> Raised.by(failure).message();
        };
    }

    Function find(@Nullable String name) throws Failed {
        var function = functions.get(name);
        if (function != null) {
            return function;
        }
        var text = String.valueOf(name);
        var module = modules.get(text.substring(0, Math.max(text.lastIndexOf('.'), 0)));
        if (module == null) {
            throw new Failed(
                    Failed.FUNCTION_UNKNOWN,
                    "there is no function '" + text + "', or it is not allowed");
        }
        if (module.error() != null) {
            throw new Failed(
                    Failed.FUNCTION_UNKNOWN,
                    "class " + module.name() + " cannot be used: " + module.error());
        }
        throw new Failed(
                Failed.FUNCTION_UNKNOWN,
                "class " + module.name() + " has no public static method for '" + text + "'");
    }
}
