package io.procpool.worker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The allow list: {@code package.Class.method} or {@code package.Class.*}, by class.
 *
 * @param methods the allowed names of each class, {@code *} among them for all
 * @param warnings for each text that is no pattern
 */
record Patterns(Map<String, Set<String>> methods, List<String> warnings) {

    static Patterns of(List<String> texts) {
        var methods = new LinkedHashMap<String, Set<String>>();
        var warnings = new ArrayList<String>();
        for (var text : texts) {
            int dot = text.lastIndexOf('.');
            var type = text.substring(0, Math.max(dot, 0));
            var method = text.substring(dot + 1);
            if (isClass(type) && (method.equals("*") || isPublic(method))) {
                methods.computeIfAbsent(type, _ -> new LinkedHashSet<>()).add(method);
            } else {
                warnings.add(
                        "'"
                                + text
                                + "' of the allow list is neither package.Class.method nor package.Class.*: ignored");
            }
        }
        return new Patterns(methods, warnings);
    }

    /** Whether a class can have this binary name: its segments are names, and none begins with an underscore. */
    static boolean isClass(String name) {
        return !name.isEmpty()
                && Arrays.stream(name.split("[.$]", -1)).allMatch(Patterns::isPublic);
    }

    static boolean isPublic(String segment) {
        return !segment.isEmpty()
                && !segment.startsWith("_")
                && Character.isJavaIdentifierStart(segment.codePointAt(0))
                && segment.codePoints().allMatch(Character::isJavaIdentifierPart);
    }

    boolean allows(String type, String method) {
        var allowed = methods.getOrDefault(type, Set.of());
        return allowed.contains("*") || allowed.contains(method);
    }
}
