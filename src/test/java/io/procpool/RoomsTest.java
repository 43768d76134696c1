package io.procpool;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.net.URL;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModule;
import org.springframework.modulith.core.ApplicationModules;

/** The house: which rooms there are, which may use which, and which technology lives in which. */
class RoomsTest {
    private static final List<String> ROOMS =
            List.of(
                    "dispatch",
                    "function",
                    "job",
                    "metrics",
                    "payload",
                    "pool",
                    "problem",
                    "runtime",
                    "store",
                    "web",
                    "wire",
                    "worker");

    /** The classes of the service; what the tests have beside them is no room. */
    private static final URL BUILT =
            Procpool.class.getProtectionDomain().getCodeSource().getLocation();

    private static final ApplicationModules MODULES =
            ApplicationModules.of(Procpool.class, location -> location.contains(BUILT.getPath()));
    private static final JavaClasses CLASSES = new ClassFileImporter().importUrl(BUILT);

    @Test
    void rooms_use_only_what_they_declare_and_there_is_no_circle() {
        MODULES.verify();
    }

    @Test
    void there_are_the_rooms_that_the_design_names_and_each_says_what_it_may_use() {
        assertThat(MODULES.stream().map(module -> module.getIdentifier().toString()))
                .containsExactlyInAnyOrderElementsOf(ROOMS);
        for (var room : ROOMS) {
            var info = CLASSES.get("io.procpool." + room + ".package-info");
            assertThat(info.isAnnotatedWith(org.springframework.modulith.ApplicationModule.class))
                    .as("%s has @ApplicationModule", room)
                    .isTrue();
            var allowed =
                    info.getAnnotationOfType(org.springframework.modulith.ApplicationModule.class)
                            .allowedDependencies();
            assertThat(ROOMS)
                    .as("%s names the rooms it may use, not all of them", room)
                    .containsAll(List.of(allowed));
        }
    }

    private static boolean uses(String room, String other) {
        return CLASSES.stream()
                .filter(type -> type.getPackageName().equals("io.procpool." + room))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .anyMatch(
                        use ->
                                use.getTargetClass()
                                        .getPackageName()
                                        .equals("io.procpool." + other));
    }

    @Test
    void only_web_serves_http() {
        onlyIn(
                "web",
                resideInAnyPackage(
                        "jakarta.servlet..", "org.springframework.web..", "org.apache.."));
    }

    @Test
    void only_runtime_starts_and_signals_processes_and_a_worker_those_that_its_tasks_leave() {
        onlyIn(
                List.of("runtime", "worker"),
                type(ProcessBuilder.class)
                        .or(assignableTo(Process.class))
                        .or(type(ProcessHandle.class).as("ProcessHandle")));
    }

    @Test
    void only_the_two_ends_of_the_worker_socket_have_sockets_and_selectors() {
        onlyIn(
                List.of("runtime", "worker"),
                assignableTo(java.nio.channels.NetworkChannel.class)
                        .or(assignableTo(java.nio.channels.Selector.class))
                        .or(assignableTo(java.net.Socket.class))
                        .or(assignableTo(java.net.ServerSocket.class)),
                "io.procpool.web.Connection"); // which may shut down one of Tomcat's
    }

    @Test
    void nobody_calls_out() {
        nowhere(resideInAnyPackage("java.net.http.."));
        nowhere(assignableTo(java.net.URLConnection.class));
    }

    @Test
    void only_store_knows_sql() {
        onlyIn(
                "store",
                resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..", "org.flywaydb.."));
        nowhere(resideInAnyPackage("org.springframework.jdbc.."));
    }

    /** Its classes run in other JVMs. */
    @Test
    void nobody_uses_the_worker_room() {
        for (var room : ROOMS) {
            assertThat(uses(room, "worker"))
                    .as("%s uses worker", room)
                    .isEqualTo(room.equals("worker"));
        }
    }

    @Test
    void only_metrics_knows_meters() {
        onlyIn("metrics", resideInAnyPackage("io.micrometer.."));
    }

    @Test
    void the_rooms_that_others_stand_on_know_no_framework() {
        for (var room : List.of("problem", "wire", "worker")) {
            check(
                    noClasses()
                            .that()
                            .resideInAPackage("io.procpool." + room)
                            .should()
                            .dependOnClassesThat(
                                    resideInAnyPackage("org.springframework..", "jakarta..")
                                            .and(
                                                    resideOutsideOfPackage(
                                                            "org.springframework.modulith.."))));
        }
    }

    private static void onlyIn(String room, DescribedPredicate<? super JavaClass> technology) {
        onlyIn(List.of(room), technology);
    }

    private static void onlyIn(
            List<String> rooms,
            DescribedPredicate<? super JavaClass> technology,
            String... butFor) {
        check(
                noClasses()
                        .that()
                        .resideOutsideOfPackages(
                                rooms.stream()
                                        .map(room -> "io.procpool." + room)
                                        .toArray(String[]::new))
                        .and()
                        .doNotHaveFullyQualifiedName(String.join("", butFor))
                        .should()
                        .dependOnClassesThat(technology));
        assertThat(CLASSES)
                .as("the rule is about something: %s is used in %s", technology, rooms)
                .anyMatch(
                        type ->
                                type.getDirectDependenciesFromSelf().stream()
                                        .anyMatch(use -> technology.test(use.getTargetClass())));
    }

    private static void nowhere(DescribedPredicate<? super JavaClass> technology) {
        check(noClasses().should().dependOnClassesThat(technology));
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }

    @Test
    void the_picture_of_the_rooms_can_be_drawn() {
        var picture = new StringBuilder();
        MODULES.stream()
                .map(ApplicationModule::getIdentifier)
                .sorted()
                .forEach(
                        room ->
                                picture.append(room)
                                        .append(" → ")
                                        .append(used(room.toString()))
                                        .append('\n'));
        System.out.println(picture);
        assertThat(picture).contains("web → ").contains("problem → []");
    }

    private static List<String> used(String room) {
        return ROOMS.stream().filter(other -> !other.equals(room) && uses(room, other)).toList();
    }
}
