package io.procpool.pool;

import io.procpool.function.FunctionSettings;
import io.procpool.function.FunctionsFolder;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import java.util.regex.Pattern;

/**
 * What a specification may say that came over the API. Clients may call the allowed functions, and nothing else: so they can't have
 * other modules imported, nor set the variables by which interpreters, loaders, shells and their kin find the code that they run. Who
 * configures the service can do both.
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

    OverTheApi(FunctionSettings functions, FunctionsFolder folder) {
        this.functions = functions;
        this.folder = folder;
    }

    /** @throws Refused {@link BadRequest} with what it may not say, and who may */
    void check(PoolSpec spec) {
        for (var module : spec.preload()) {
            if (!functions.allowsModule(module) && !folder.hasModule(module)) {
                throw new Refused(
                        new BadRequest(
                                "preload: '"
                                        + module
                                        + "' is neither in the functions folder nor in procpool.functions.allow;"
                                        + " other modules can be preloaded by pools that the service is configured with"));
            }
        }
        for (var variable : spec.env().keySet()) {
            if (STEERING.matcher(variable).matches()) {
                throw new Refused(
                        new BadRequest(
                                "env: '"
                                        + variable
                                        + "' can decide what code is run; it can be set for pools that the service is"
                                        + " configured with"));
            }
        }
    }
}
