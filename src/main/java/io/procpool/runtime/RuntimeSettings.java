package io.procpool.runtime;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param home where the service keeps its files: sockets, unpacked runtimes, captured output. Made with mode 0700
 * @param python the interpreter of Python workers, a path or a command name; empty: {@code "python3"} as the PATH has it
 */
@ConfigurationProperties("procpool")
public record RuntimeSettings(
        @DefaultValue("./.procpool") Path home, @DefaultValue("") String python) {
    public RuntimeSettings {
        home = home.toAbsolutePath().normalize();
    }
}
