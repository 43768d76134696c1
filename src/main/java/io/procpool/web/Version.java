package io.procpool.web;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** Which Procpool this is: the build writes it down. */
final class Version {
    private Version() {}

    static String ours() throws IOException {
        var properties = new Properties();
        try (InputStream in =
                Version.class.getResourceAsStream("/META-INF/procpool/version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        }
        return properties.getProperty("version", "unknown");
    }
}
