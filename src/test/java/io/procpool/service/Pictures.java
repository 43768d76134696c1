package io.procpool.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Pictures of automata in the docs, as tests read them. */
public final class Pictures {
    private static final Pattern PICTURE =
            Pattern.compile(
                    "^```mermaid\\nstateDiagram-v2\\n(.*?)^```",
                    Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern STEP =
            Pattern.compile("^ *(\\S+) --> (\\S+?)(?:: *(.+))?$", Pattern.MULTILINE);

    private Pictures() {}

    /**
     * The steps of a page's picture, each as {@code "from --> to: why"}.
     *
     * @param number of the picture, from 0
     */
    public static SortedSet<String> steps(Path page, int number) throws IOException {
        var picture = PICTURE.matcher(Files.readString(page)).results().toList().get(number);
        var steps = new TreeSet<String>();
        STEP.matcher(picture.group(1))
                .results()
                .forEach(
                        step ->
                                steps.add(
                                        step.group(1)
                                                + " --> "
                                                + step.group(2)
                                                + (step.group(3) == null
                                                        ? ""
                                                        : ": " + step.group(3).strip())));
        return steps;
    }
}
