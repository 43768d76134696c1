/** All meters and the health of the service. Listens; no room calls it. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {"pool", "job", "runtime", "payload", "function", "problem"})
package io.procpool.metrics;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
