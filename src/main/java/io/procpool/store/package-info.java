/** Adapters of the ports that keep things: for now in memory. */
@NullMarked
@ApplicationModule(allowedDependencies = {"job", "pool", "payload", "problem"})
package io.procpool.store;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
