package io.procpool.function;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What workers may call.
 *
 * @param path folders whose modules can be called; a missing folder is an empty one
 * @param allow more functions, as {@code module.name} or {@code module.*}; {@code *} stands for one name without a dot
 */
@ConfigurationProperties("procpool.functions")
public record FunctionSettings(
        @DefaultValue("./functions") List<Path> path,
        @DefaultValue({"math.*", "statistics.*", "java.lang.Math.*"}) List<String> allow) {

    private static final Pattern PATTERN =
            Pattern.compile("(?:[A-Za-z]\\w*\\.)+(?:[A-Za-z]\\w*|\\*)");

    /** Whether a function of this module is allowed. */
    public boolean allowsModule(String module) {
        return allow.stream()
                .anyMatch(entry -> entry.substring(0, entry.lastIndexOf('.')).equals(module));
    }

    public FunctionSettings {
        path = path.stream().map(folder -> folder.toAbsolutePath().normalize()).toList();
        allow = List.copyOf(allow);
        for (var entry : allow) {
            if (!PATTERN.matcher(entry).matches()) {
                throw new IllegalArgumentException(
                        "procpool.functions.allow: '"
                                + entry
                                + "' is no function name; write module.name, or module.* for every function of a module");
            }
        }
    }
}
