package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;

/** The Python side of the runtime, which the build puts beside the classes. */
final class PythonSources {
    private static final String FOLDER = "/META-INF/procpool/python/";

    /** What the interpreter runs, below the unpacked folder. As a file, not by -m: no folder of ours or of the moment stays on its path. */
    static final String ENTRY = "procpool_worker/__main__.py";

    private PythonSources() {}

    /** Returns the folder that holds the package */
    static Path unpack(Home home) throws IOException {
        var files = new LinkedHashMap<String, byte[]>();
        for (var name :
                new String(read("files"), UTF_8).lines().filter(line -> !line.isBlank()).toList()) {
            files.put(name, read(name));
        }
        return home.unpack(files);
    }

    private static byte[] read(String name) throws IOException {
        try (InputStream in = PythonSources.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IOException("the build has left out " + FOLDER + name);
            }
            return in.readAllBytes();
        }
    }
}
