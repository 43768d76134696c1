package io.procpool.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A functions folder with two classes, of which {@code starting.Moody} does at its initialization what the environment says. */
public final class StartingClasses {
    /** The variable. */
    public static final String VARIABLE = "MOOD";

    public static final String EXIT = "exit";
    public static final String HANG = "hang";

    /** More than a log keeps. */
    public static final String PRINT = "print";

    private StartingClasses() {}

    private static final class Holder {
        static final Path FOLDER = make();
    }

    /** One folder for all tests. */
    public static Path folder() {
        return Holder.FOLDER;
    }

    private static Path make() {
        try {
            var folder = Files.createTempDirectory("procpool-starting");
            var moody = folder.resolve("Moody.java");
            Files.writeString(
                    moody,
                    """
                    package starting;

                    public class Moody {
                        static {
                            switch (String.valueOf(System.getenv("MOOD"))) {
                                case "exit" -> System.exit(5);
                                case "hang" -> {
                                    while (true) {
                                        java.util.concurrent.locks.LockSupport.park();
                                    }
                                }
                                case "print" -> {
                                    for (int line = 0; line < 3000; line++) {
                                        System.out.println("x".repeat(1000));
                                    }
                                }
                                default -> {}
                            }
                        }

                        public static int one() {
                            return 1;
                        }
                    }
                    """);
            var plain = folder.resolve("Plain.java");
            Files.writeString(
                    plain,
                    """
                    package starting;

                    public class Plain {
                        public static int one() {
                            return 1;
                        }
                    }
                    """);
            JarOfTheTests.compile(List.of(moody, plain), folder.resolve("lib/starting.jar"));
            Files.writeString(folder.resolve("java.classes"), "starting.Moody\nstarting.Plain\n");
            return folder;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
