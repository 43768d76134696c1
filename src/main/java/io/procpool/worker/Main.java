package io.procpool.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.payload.Payload;
import io.procpool.wire.Header;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Entry point of a worker JVM. One line of JSON on stdin says where the service is: {@code {"socket": path, "token": text}}; so the token is
 * neither in the arguments nor in the environment. With {@code --train} it runs through what a worker does, for the recording of an AOT
 * cache, and exits with status 0.
 */
public final class Main {
    private static final int LONGEST_LINE = 1 << 16;

    private Main() {}

    public static void main(String[] arguments) {
        try {
            if (arguments.length > 0 && arguments[0].equals("--train")) {
                Training.run();
                System.exit(0);
            }
            var config = configuration();
            Native.dieWithParent();
            new Host(Path.of(config.string("socket", "")), config.string("token", "")).run();
            Ending.soon(0);
        } catch (NotWelcome refused) {
            System.err.println("procpool worker: " + refused.getMessage());
            Ending.now(1);
        } catch (Throwable failure) {
            failure.printStackTrace();
            Ending.now(1);
        }
    }

    private static Header configuration() throws IOException {
        var line = new ByteArrayOutputStream();
        @SuppressWarnings(
                "resource") // descriptor 0 stays open: another file must not get its number
        var in = new FileInputStream(FileDescriptor.in);
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
            if (line.size() > LONGEST_LINE) {
                throw new IOException("the line on stdin is too long");
            }
        }
        var read = Header.list(Payload.ofUtf8("[" + line.toString(UTF_8) + "]"));
        if (read.isEmpty()) {
            throw new IOException("the line on stdin is no JSON object");
        }
        return read.getFirst();
    }
}
