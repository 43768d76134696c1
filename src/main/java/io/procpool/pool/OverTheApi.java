package io.procpool.pool;

import io.procpool.function.FunctionSettings;
import io.procpool.function.FunctionsFolder;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import io.procpool.runtime.Runtimes;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a specification may say that came over the API. Clients may call the allowed functions, and nothing else: so they can't have
 * other modules imported, nor set the variables by which interpreters, loaders, shells and their kin find the code that they run. Who
 * configures the service can do both, and say which programs are workers.
 */
final class OverTheApi {
    private static final Pattern STEERING =
            Pattern.compile(
                    "PYTHON.*|LD_.*|DYLD_.*|GLIBC_.*|GCONV_PATH|LOCPATH|NLSPATH|.*PATH|HOME|SHELL|ENV|BASH_.*|IFS|PS4"
                            + "|PROMPT_COMMAND|BROWSER|EDITOR|VISUAL|PAGER|PERL.*|RUBY.*|NODE_.*|GIT_.*|OPENSSL_.*"
                            + "|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_.*|MALLOC_.*|HOSTALIASES|TMPDIR",
                    Pattern.CASE_INSENSITIVE);

    private final FunctionSettings functions;
    private final FunctionsFolder folder;
    private final Runtimes runtimes;

    OverTheApi(FunctionSettings functions, FunctionsFolder folder, Runtimes runtimes) {
        this.functions = functions;
        this.folder = folder;
        this.runtimes = runtimes;
    }

    /** @throws Refused {@link BadRequest} if no pool can have this name */
    static void checkName(String name) {
        if (!PoolSpec.isName(name)) {
            throw refused(
                    "'"
                            + name
                            + "' is no name for a pool: use letters, digits, _ . -, at most 63, "
                            + "a letter or digit first");
        }
    }

    /** @param refusal makes what is thrown, of a sentence, if there is no such runtime; whoever has named it */
    void requireRuntime(String runtime, Function<String, RuntimeException> refusal) {
        if (runtimes.find(runtime).isEmpty()) {
            throw refusal.apply(
                    "runtime: there is no runtime '"
                            + runtime
                            + "', only "
                            + String.join(", ", runtimes.names()));
        }
    }

    /**
     * @param present the specification of the pool that has the name now, which may have been configured: what it says already is not
     *     asked about, or nobody could send back what GET shows
     * @throws Refused {@link BadRequest} with what it may not say, and who may
     */
    void check(PoolSpec spec, @Nullable PoolSpec present) {
        requireRuntime(spec.runtime(), OverTheApi::refused);
        if (!spec.command().isEmpty()
                && (present == null || !spec.command().equals(present.command()))) {
            throw refused(
                    "command: which programs are run is for who configures the service, under"
                            + " procpool.pools.<name>.command");
        }
        spec.preload().stream()
                .filter(module -> present == null || !present.preload().contains(module))
                .forEach(this::checkModule);
        if (!spec.command().isEmpty()
                && !spec.env().equals(present == null ? Map.of() : present.env())) {
            throw refused(
                    "env: nobody knows which variables decide what a command runs; those of its pool are for who"
                            + " configures the service");
        }
        spec.env().entrySet().stream()
                .filter(variable -> present == null || !isOf(variable, present.env()))
                .forEach(variable -> checkVariable(variable.getKey()));
    }

    private static boolean isOf(Map.Entry<String, String> variable, Map<String, String> env) {
        return variable.getValue().equals(env.get(variable.getKey()));
    }

    private void checkModule(String module) {
        if (!functions.allowsModule(module) && !folder.hasModule(module)) {
            throw refused(
                    "preload: '"
                            + module
                            + "' is neither in the functions folder nor in procpool.functions.allow;"
                            + " other modules can be preloaded by pools that the service is configured with");
        }
    }

    private static void checkVariable(String variable) {
        if (STEERING.matcher(variable).matches()) {
            throw refused(
                    "env: '"
                            + variable
                            + "' can decide what code is run; it can be set for pools that the service is"
                            + " configured with");
        }
    }

    private static Refused refused(String why) {
        return new Refused(new BadRequest(why));
    }
}
