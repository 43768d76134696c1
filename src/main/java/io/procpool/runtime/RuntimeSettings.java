package io.procpool.runtime;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param home where the service keeps its files: sockets, unpacked runtimes, captured output. Made with mode 0700
 * @param python the interpreter of Python workers, a path or a command name; empty: {@code "python3"} as the PATH has it
 * @param java the JVM of Java workers, 25 or later: the path of a {@code java}; empty: the one that the service runs on
 */
@ConfigurationProperties("procpool")
public record RuntimeSettings(
        @DefaultValue("./.procpool") Path home,
        @DefaultValue("") String python,
        @DefaultValue("") String java) {
    public RuntimeSettings {
        home = home.toAbsolutePath().normalize();
    }
}
