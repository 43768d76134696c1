/** The only SQL: adapters of the stores of jobs and pools, on the embedded SQLite. Of the room {@code runtime} only the kind of workers, which is part of a pool's specification. */
@NullMarked
@ApplicationModule(allowedDependencies = {"job", "pool", "runtime", "payload", "problem"})
package io.procpool.store;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
