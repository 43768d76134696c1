package io.procpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can be known of the image without building it: .ci/run runs the same steps without docker. */
class DockerfileTest {
    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final Pattern STAGE =
            Pattern.compile("FROM (\\S+)(?: AS (\\S+))?", Pattern.CASE_INSENSITIVE);

    /** One instruction, its continued lines joined; {@code stage} counts the FROMs above and is 1 in the first. */
    private record Instruction(int stage, String keyword, String rest) {
        String line() {
            return keyword + " " + rest;
        }

        List<String> words() {
            return Arrays.asList(rest.split("\\s+"));
        }
    }

    private List<Instruction> dockerfile = List.of();

    @BeforeEach
    void read() throws IOException {
        var text = Files.readString(ROOT.resolve("Dockerfile"));
        var joined = text.replaceAll("(?m)^\\s*#.*\\R?", "").replaceAll("\\\\\\R\\s*", "");
        var found = new ArrayList<Instruction>();
        int stage = 0;
        for (var line : joined.lines().filter(line -> !line.isBlank()).toList()) {
            var parts = line.strip().split("\\s+", 2);
            stage += parts[0].equals("FROM") ? 1 : 0;
            found.add(new Instruction(stage, parts[0], parts[1]));
        }
        dockerfile = found;
    }

    @Test
    void whatever_is_copied_from_the_tree_is_in_the_tree_and_not_kept_out() throws IOException {
        var letIn = Files.readAllLines(ROOT.resolve(".dockerignore"));
        var sources =
                all("COPY").stream()
                        .filter(copy -> !copy.rest().startsWith("--from="))
                        .flatMap(copy -> copy.words().subList(0, copy.words().size() - 1).stream())
                        .toList();

        assertThat(sources).contains("pom.xml", "mvnw", ".mvn", "src");
        assertThat(sources).allSatisfy(source -> assertThat(ROOT.resolve(source)).exists());
        assertThat(letIn).contains("*").containsAll(sources.stream().map("!"::concat).toList());
    }

    @Test
    void stages_that_are_copied_from_exist_and_come_first() {
        var names = new ArrayList<String>();
        for (var instruction : dockerfile) {
            var stage = STAGE.matcher(instruction.line());
            if (stage.matches() && stage.group(2) != null) {
                names.add(stage.group(2));
            }
            if (instruction.rest().startsWith("--from=")) {
                var from = instruction.words().getFirst().substring("--from=".length());
                assertThat(names).contains(from);
            }
        }
        assertThat(names).containsExactly("build");
    }

    @Test
    void both_stages_run_the_java_that_the_pom_asks_for() throws IOException {
        var java = inPom("<java\\.version>(\\d+)</java\\.version>");

        assertThat(all("FROM"))
                .hasSize(2)
                .allSatisfy(from -> assertThat(from.rest()).contains(":" + java + "-"));
    }

    @Test
    void the_jar_is_the_one_that_the_pom_makes_and_the_one_that_is_started() throws IOException {
        var artifact = inPom("<artifactId>(procpool)</artifactId>");
        var version = inPom("<artifactId>procpool</artifactId>\\s*<version>([^<]+)</version>");
        var copy = only("COPY", "--from=build");
        var started = last("WORKDIR").rest() + "/procpool.jar";

        assertThat(copy.words())
                .containsExactly(
                        "--from=build",
                        "/src/target/" + artifact + "-" + version + ".jar",
                        "./procpool.jar");
        assertThat(first("WORKDIR").rest()).isEqualTo("/src");
        assertThat(last("ENTRYPOINT").rest()).contains("\"-jar\", \"" + started + "\"");
    }

    @Test
    void the_service_runs_as_a_user_that_the_image_makes_and_that_is_not_root() {
        var user = last("USER");

        assertThat(user.rest()).matches("[a-z]+").isNotEqualTo("root");
        assertThat(last("RUN").rest()).containsPattern("useradd .*\\b" + user.rest() + "\\b");
        assertThat(dockerfile.indexOf(user)).isLessThan(dockerfile.indexOf(last("ENTRYPOINT")));
        assertThat(user.stage()).isEqualTo(last("ENTRYPOINT").stage());
    }

    @Test
    void the_healthcheck_asks_for_readiness_with_what_the_image_has() {
        assertThat(last("HEALTHCHECK").rest())
                .contains("CMD [\"python3\"", "/actuator/health/readiness")
                .containsPattern("--timeout=\\d+s");
        assertThat(last("RUN").rest()).contains(" python3 ");
    }

    @Test
    void it_listens_on_every_address_and_leaves_opening_it_to_whoever_starts_it() {
        var settings = all("ENV").stream().map(Instruction::rest).toList();

        assertThat(settings).contains("SERVER_ADDRESS=0.0.0.0");
        assertThat(dockerfile)
                .allSatisfy(
                        instruction ->
                                assertThat(instruction.line())
                                        .doesNotContainIgnoringCase("insecure"));
    }

    @Test
    void what_must_outlive_the_container_is_on_a_volume_that_the_user_owns() {
        var home = last("VOLUME").rest();

        assertThat(all("ENV").stream().map(Instruction::rest)).contains("PROCPOOL_HOME=" + home);
        assertThat(last("RUN").rest()).containsPattern("install -d -o procpool [^&]*" + home);
    }

    @Test
    void the_entrypoint_is_in_exec_form_so_that_SIGTERM_reaches_the_service() {
        assertThat(last("ENTRYPOINT").rest()).startsWith("[\"").endsWith("\"]");
        assertThat(all("CMD")).isEmpty();
    }

    private List<Instruction> all(String keyword) {
        return dockerfile.stream().filter(one -> one.keyword().equals(keyword)).toList();
    }

    private Instruction first(String keyword) {
        return all(keyword).getFirst();
    }

    private Instruction last(String keyword) {
        return all(keyword).getLast();
    }

    private Instruction only(String keyword, String start) {
        var found = all(keyword).stream().filter(one -> one.rest().startsWith(start)).toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static String inPom(String pattern) throws IOException {
        var found = Pattern.compile(pattern).matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertThat(found.find()).as(pattern).isTrue();
        return found.group(1);
    }
}
