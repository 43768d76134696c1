/** The HTTP API: controllers by resource, the rendering of problems, who may come in. Nothing else serves HTTP. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {"job", "pool", "runtime", "function", "payload", "problem"})
package io.procpool.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
